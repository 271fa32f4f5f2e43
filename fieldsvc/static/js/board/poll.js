// Asks every few seconds whether colleagues changed something. Says so when the answer does not come.
import { get } from '../staff/ask.js';
import { clock } from '../staff/time.js';
import { say } from '../staff/words.js';
import { drawNow } from './draw.js';
import { board, settings, show } from './store.js';

const SECONDS = 5;
const state = document.querySelector('[data-freshness]');
let lostAt = null;

const hourNow = () => {
  const now = new Date();
  return clock(now.getHours() * 60 + now.getMinutes());
};

function tell(fine) {
  lostAt = fine ? null : lostAt ?? hourNow();
  state.classList.toggle('is-lost', !fine);
  const words = fine ? say('up_to_date') : say('no_connection', { hour: lostAt });
  if (state.textContent !== words) state.textContent = words;
}

async function look(since) {
  try {
    const next = await get(`${settings.urls.changes}&since=${since}`);
    if (next) show(next);
    tell(true);
  } catch {
    tell(false);
  }
}

/** Read the whole board again, whatever was seen. */
export const refresh = () => look(-1);

export function startPolling() {
  tell(true);
  setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    drawNow();
    look(board().revision);
  }, SECONDS * 1000);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look(board().revision);
  });
}
