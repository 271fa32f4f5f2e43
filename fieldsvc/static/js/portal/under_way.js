// Renews what is known of somebody who is on the way, once a minute and without moving the page under its reader.
// Without scripts the page renews itself.

const PART = "[data-under-way]";
const MINUTE = 60_000;

async function renew() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || answer.status >= 500) return; // the next minute tries again
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(PART);
  if (fresh) document.querySelector(PART).replaceWith(fresh);
  else location.reload(); // he has arrived, or something else came up
}

if (document.querySelector(PART)) {
  setInterval(renew, MINUTE);
  document.addEventListener("visibilitychange", renew);
}
