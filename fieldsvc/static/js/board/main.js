// The planning board of one day: puts the parts together.
import { duration } from '../staff/time.js';
import { count, kilometres, say } from '../staff/words.js';
import './conflict.js';
import './keyboard.js';
import { justDragged } from './drag.js';
import { draw, grid, scrollToNow } from './draw.js';
import { openPanel } from './panel.js';
import { startPolling } from './poll.js';
import { onClose, redrawSide, shownInSide } from './side.js';
import { board, onShow } from './store.js';
import { drawCandidates } from './suggest.js';
import { drawUnscheduled, markCard } from './unscheduled.js';

function drawTotals() {
  const { visits, travel_minutes: travel, km } = board().totals;
  document.querySelector('[data-totals]').textContent = [
    count('visits', visits), say('travel', { time: duration(travel) }), kilometres(km),
  ].join(' · ');
}

function mark() {
  for (const visit of grid.querySelectorAll('.visit')) {
    visit.classList.toggle('is-open', Number(visit.dataset.id) === shownInSide());
  }
  markCard(shownInSide());
}

onShow(() => {
  draw();
  drawCandidates();
  drawUnscheduled();
  drawTotals();
  redrawSide();
  mark();
});
onClose(mark);
scrollToNow();
startPolling();

grid.addEventListener('click', event => {
  const visit = event.target.closest('.visit');
  if (!visit || justDragged()) return;
  openPanel(Number(visit.dataset.id));
  mark();
});

let width = grid.clientWidth;
new ResizeObserver(() => {
  if (Math.abs(grid.clientWidth - width) < 8) return;
  width = grid.clientWidth;
  draw();
  drawCandidates();
  mark();
}).observe(grid);
