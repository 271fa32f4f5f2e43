// Repeats the chosen time beside the button that keeps it.
const chosen = document.querySelector("[data-chosen]");

function repeat() {
  const radio = document.querySelector("input[name=window]:checked");
  if (chosen && radio) chosen.textContent = radio.dataset.words;
}

document.addEventListener("change", repeat);
repeat();
