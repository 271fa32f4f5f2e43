// Dragging a visit along and between lanes, or an unscheduled intervention onto one. The lane shows what the server says.
import { make, place } from '../staff/dom.js';
import { toast } from '../staff/toast.js';
import { clock } from '../staff/time.js';
import { say } from '../staff/words.js';
import { stillCheck, verdictWords } from './check.js';
import { grid, pixelsPerMinute } from './draw.js';
import { propose } from './propose.js';
import { board, holdStill, itemOf } from './store.js';

const THRESHOLD = 5;
const SNAP = 5;
const EDGE = 48;
const bubble = document.getElementById('drag-note');
let drag = null;
let lastDragAt = 0;

/** Whether a drag ended this very moment, so that the click it causes is no click. */
export const justDragged = () => Date.now() - lastDragAt < 50;

function begin(event) {
  const element = event.target.closest('.visit,.open-card');
  if (!element || event.button || event.pointerType === 'touch') return;
  const item = itemOf(element);
  const left = element.classList.contains('visit') ? event.clientX - element.getBoundingClientRect().left : 12;
  drag = { element, item, left, x: event.clientX, y: event.clientY, to: null, verdict: null };
}

function start() {
  if (drag.item.locked) {
    toast(say('is_locked', { client: drag.item.client }));
    drag = null;
    return;
  }
  drag.release = holdStill();
  drag.checker = stillCheck(drag.item, showVerdict);
  drag.ghost = make('div', 'ghost');
  make('b', '', drag.ghost, drag.item.client);
  drag.ghostTime = make('span', '', drag.ghost);
  drag.element.classList.add('is-dragged');
  document.body.classList.add('is-dragging');
}

function paint(verdict) {
  grid.querySelectorAll('.lane[data-verdict]').forEach(lane => lane.removeAttribute('data-verdict'));
  if (drag?.lane) drag.lane.dataset.verdict = verdict;
  bubble.dataset.verdict = verdict;
}

function showVerdict(to, verdict) {
  if (drag?.to !== to) return;
  drag.verdict = verdict;
  paint(verdict.verdict);
  bubble.querySelector('span').textContent = verdictWords(verdict);
}

function leaveLane() {
  Object.assign(drag, { lane: null, to: null, verdict: null });
  drag.ghost.remove();
  drag.checker.stop();
  bubble.hidden = true;
  paint('asking');
}

function minuteAt(lane, x) {
  const minute = (x - drag.left - lane.getBoundingClientRect().left) / pixelsPerMinute();
  const { from, to } = board();
  const begins = from + Math.round(minute / SNAP) * SNAP;
  return Math.min(Math.max(begins, from), to - SNAP);
}

function follow(event) {
  const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest('.lane');
  bubble.style.setProperty('--x', `${event.clientX}px`);
  bubble.style.setProperty('--y', `${event.clientY}px`);
  if (!lane) return leaveLane();
  const to = { technician: Number(lane.dataset.technician), begins: minuteAt(lane, event.clientX) };
  if (drag.to?.technician === to.technician && drag.to.begins === to.begins) return undefined;
  Object.assign(drag, { lane, to, verdict: null });
  lane.append(place(drag.ghost, to.begins - board().from, drag.item.minutes));
  drag.ghostTime.textContent = clock(to.begins);
  bubble.hidden = false;
  bubble.querySelector('b').textContent = clock(to.begins);
  bubble.querySelector('span').textContent = say('verdict_asking');
  paint('asking');
  return drag.checker.ask(to);
}

/** Near the edge of the board the hours come to the pointer. */
function scrollAlong(event) {
  const box = grid.getBoundingClientRect();
  if (event.clientX > box.right - EDGE) grid.scrollLeft += 12;
  else if (event.clientX < box.left + parseFloat(getComputedStyle(grid).getPropertyValue('--names')) + EDGE) grid.scrollLeft -= 12;
}

function settle({ item, to, verdict }) {
  const stays = item.row?.id === to?.technician && item.begins === to?.begins;
  if (to && !stays) propose(item, to, verdict);
}

function finish() {
  const done = drag;
  drag = null;
  if (!done?.ghost) return null;
  done.checker.stop();
  done.ghost.remove();
  done.element.classList.remove('is-dragged');
  document.body.classList.remove('is-dragging');
  bubble.hidden = true;
  grid.querySelectorAll('.lane[data-verdict]').forEach(lane => lane.removeAttribute('data-verdict'));
  lastDragAt = Date.now();
  done.release();
  return done;
}

document.addEventListener('pointerdown', begin);
document.addEventListener('pointermove', event => {
  if (!drag) return;
  if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < THRESHOLD) return;
  if (!drag.ghost) start();
  if (!drag) return;
  event.preventDefault();
  scrollAlong(event);
  follow(event);
});
document.addEventListener('pointerup', () => { const done = finish(); if (done) settle(done); });
document.addEventListener('pointercancel', finish);
document.addEventListener('keydown', event => { if (event.key === 'Escape' && drag) finish(); });
