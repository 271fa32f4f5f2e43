// One tick for every row of a table; without a script each row is ticked by hand.

for (const table of document.querySelectorAll("[data-select-all]")) {
  const head = table.querySelector("[data-select-all-head]");
  const all = head.querySelector("input");
  const rows = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const show = () => {
    const ticked = rows.filter((row) => row.checked).length;
    all.checked = ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
  };
  all.addEventListener("change", () => {
    for (const row of rows) row.checked = all.checked;
  });
  table.addEventListener("change", show);
  head.hidden = false;
  show();
}
