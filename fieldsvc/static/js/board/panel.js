// The side panel: one visit or unscheduled intervention with its facts and what can be done, without leaving the board.
import { copy } from '../staff/dom.js';
import { dayWords, duration, span } from '../staff/time.js';
import { say } from '../staff/words.js';
import { openMove } from './dialog.js';
import { draw, grid } from './draw.js';
import { lock, unschedule } from './moves.js';
import { address, board, find } from './store.js';
import { suggest } from './suggest.js';
import { ends } from './visit.js';

const side = document.getElementById('side');
const frame = document.getElementById('main');
const title = document.getElementById('side-title');
let shown = null;
let redraw = null;
const closing = [];

/** Fill the side panel with `content`; `again` draws it anew after a change of the board. */
export function fillSide(heading, content, again) {
  const wasOpen = frame.dataset.side === 'open';
  title.textContent = heading;
  side.querySelector('[data-body]').replaceChildren(content);
  redraw = again;
  frame.dataset.side = 'open';
  if (!wasOpen) draw();
}

export const onClose = listener => closing.push(listener);

export function closeSide() {
  const inside = side.contains(document.activeElement);
  frame.dataset.side = 'closed';
  redraw = null;
  for (const listener of closing) listener();
  draw();
  if (inside) grid.querySelector('[tabindex="0"]')?.focus();
  shown = null;
}

export const redrawSide = () => redraw?.();
export const shownIn = () => shown;
export const setShown = id => { shown = id; };

function facts(item) {
  const planned = item.row && `${span(item.begins, ends(item))} (${duration(item.minutes)})`;
  return {
    client: item.client,
    reference: item.reference,
    activity: item.activity,
    address: item.address,
    status: board().words[item.status],
    technician: item.row?.name,
    planned,
    minutes: item.row ? '' : duration(item.minutes),
    promised: item.window ? span(...item.window) : '',
    due: item.due_on ? dayWords(item.due_on) : '',
    skills: item.skills?.join(' · '),
    conflict: item.conflict?.join(' · '),
  };
}

function wire(content, item) {
  const on = (name, run) => content.querySelector(`[data-do=${name}]`)?.addEventListener('click', run);
  const done = ['completed', 'cancelled'].includes(item.status);
  content.querySelector('[data-status]').classList.add(`st-${item.status}`);
  content.querySelector('a[data-open]').href = address('intervention', item.intervention);
  content.querySelector('[data-do=lock]').textContent = say(item.locked ? 'unlock' : 'lock');
  for (const button of content.querySelectorAll('[data-planned]')) button.hidden = !item.row || done;
  for (const button of content.querySelectorAll('[data-live]')) button.hidden = done;
  on('move', () => openMove(find(item.intervention)));
  on('lock', () => lock(find(item.intervention)));
  on('unschedule', () => unschedule(find(item.intervention)));
  on('suggest', () => suggest(item.intervention));
}

export function openPanel(id) {
  const item = find(id);
  if (!item) return closeSide();
  const content = copy('visit-panel', facts(item));
  wire(content, item);
  setShown(id);
  return fillSide(say('intervention'), content, () => openPanel(id));
}

side.addEventListener('click', event => { if (event.target.closest('[data-close-side]')) closeSide(); });
side.addEventListener('keydown', event => { if (event.key === 'Escape') closeSide(); });
