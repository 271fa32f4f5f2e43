// The side panel beside the board: one thing at a time, named by the intervention it is about.
import { draw, grid, scrollToNow } from './draw.js';

const side = document.getElementById('side');
const frame = document.getElementById('main');
const title = document.getElementById('side-title');
const closing = [];
let shown = null;
let redraw = null;

/** Fill the panel with `content` about `id`; `again` draws it anew after a change of the board. */
export function fillSide(id, heading, content, again = null) {
  const wasOpen = frame.dataset.side === 'open';
  const held = side.contains(document.activeElement) ? document.activeElement.dataset.do : null;
  title.textContent = heading;
  side.querySelector('[data-body]').replaceChildren(content);
  shown = id;
  redraw = again;
  frame.dataset.side = 'open';
  if (held) side.querySelector(`[data-do=${held}]`)?.focus();
  if (wasOpen) return;
  draw();
  scrollToNow();
}

export function closeSide() {
  const inside = side.contains(document.activeElement);
  frame.dataset.side = 'closed';
  shown = null;
  redraw = null;
  draw();
  for (const listener of closing) listener();
  if (inside) grid.querySelector('[tabindex="0"]')?.focus();
}

export const onClose = listener => closing.push(listener);
export const redrawSide = () => redraw?.();
export const shownInSide = () => shown;

side.addEventListener('click', event => { if (event.target.closest('[data-close-side]')) closeSide(); });
side.addEventListener('keydown', event => { if (event.key === 'Escape') closeSide(); });
