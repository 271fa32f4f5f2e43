// Repeats the chosen time beside the button that keeps it.
const place = document.querySelector("[data-chosen]");

function repeat() {
  const radio = document.querySelector("input[name=window]:checked");
  if (!place || !radio) return;
  const words = document.createElement("strong");
  words.textContent = radio.dataset.words;
  place.replaceChildren(words);
}

document.addEventListener("change", repeat);
repeat();
