// Says in words how long a time is still kept: shown each minute, announced at the start, at one minute and at the end.
const words = JSON.parse(document.getElementById("countdown-words")?.textContent ?? "null");

for (const box of document.querySelectorAll("[data-countdown]")) watch(box);

function watch(box) {
  const until = performance.now() + 1000 * Number(box.dataset.seconds);
  const left = box.querySelector("[data-left]");
  const say = box.querySelector("[data-say]");
  let shown = null;

  const look = () => {
    const minutes = Math.ceil((until - performance.now()) / 60000);
    if (minutes === shown) return;
    if (minutes <= 0) {
      clearInterval(timer);
      say.textContent = words.over;
      for (const part of document.querySelectorAll("[data-while-held]")) part.hidden = true;
      for (const part of document.querySelectorAll("[data-when-over]")) part.hidden = false;
      return;
    }
    const text = words.left[minutes] ?? words.left.at(-1);
    left.textContent = text;
    left.hidden = false;
    if (shown === null || minutes === 1) say.textContent = text;
    shown = minutes;
  };
  const timer = setInterval(look, 1000);
  look();
}
