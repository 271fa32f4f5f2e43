// Looks every few seconds whether colleagues changed the plan, and then shows the week anew.
import { get } from './ask.js';

const SECONDS = 5;
const week = document.getElementById('week');
const { changes } = week.dataset;
let { revision } = week.dataset;

async function look() {
  if (document.visibilityState !== 'visible') return;
  const news = await get(`${changes}&since=${revision}`).catch(() => null);
  if (!news) return;
  const page = await fetch(location.href).then(reply => reply.text());
  const fresh = new DOMParser().parseFromString(page, 'text/html').getElementById('week');
  revision = fresh.dataset.revision;
  week.replaceChildren(...fresh.childNodes);
}

setInterval(() => look().catch(() => undefined), SECONDS * 1000);
