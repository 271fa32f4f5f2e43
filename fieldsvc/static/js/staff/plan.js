// Looks every second whether the plan is ready and shows it in place of the progress.
const box = document.getElementById('plan');

async function look() {
  const reply = await fetch(location.href).catch(() => null);
  if (!reply?.ok) return;
  const next = new DOMParser().parseFromString(await reply.text(), 'text/html').getElementById('plan');
  box.replaceChildren(...next.childNodes);
  if ('poll' in next.dataset) return;
  clearInterval(timer);
  box.querySelector('h2')?.scrollIntoView({ block: 'nearest' });
}

const timer = setInterval(look, 1000);
