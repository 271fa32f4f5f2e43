// Draws the day: axis, one row per technician, the line of the present minute. Rows that did not change stay as they are.
import { hidden, make, mask, place } from '../staff/dom.js';
import { clock, duration } from '../staff/time.js';
import { kilometres, say } from '../staff/words.js';
import { drawLane } from './lane.js';
import { board, minuteNow } from './store.js';

const LEAST_PIXELS = 1.14;
const NEAR_NOW = 22;
export const grid = document.getElementById('board');
const drawn = new Map();
let pixels = LEAST_PIXELS;
let scale = '';

const initials = name => name.split(/\s+/).map(word => word[0]).slice(0, 2).join('');

function fit() {
  const { from, to, rows } = board();
  const names = parseFloat(getComputedStyle(grid).getPropertyValue('--names'));
  pixels = Math.max(LEAST_PIXELS, (grid.clientWidth - names) / (to - from));
  const height = Math.floor((grid.clientHeight - 33) / Math.max(rows.length, 1));
  grid.style.setProperty('--pixels', `${pixels}px`);
  grid.style.setProperty('--row', `${Math.min(66, Math.max(54, height))}px`);
  grid.style.setProperty('--span', to - from);
  grid.style.setProperty('--first-hour', Math.ceil(from / 60) * 60 - from);
  const next = [from, to, pixels].join();
  if (next !== scale) drawn.clear();
  scale = next;
}

function drawAxis() {
  const { from, to, zone } = board();
  const head = make('div', 'board-row board-head');
  head.setAttribute('role', 'row');
  const corner = make('div', 'board-name', head, say('technician'));
  corner.setAttribute('role', 'columnheader');
  make('small', '', corner, zone);
  const axis = make('div', 'axis', head);
  axis.setAttribute('role', 'columnheader');
  axis.setAttribute('aria-label', say('axis', { from: clock(from), to: clock(to), zone }));
  for (let hour = Math.ceil(from / 60) * 60; hour < to; hour += 60) {
    place(make('span', 'hour', axis, clock(hour)), hour - from).dataset.minute = hour;
  }
  return head;
}

function drawLoad(row, parent) {
  const load = make('span', 'load', parent);
  if (!row.shift) {
    mask('user-off', load);
    load.append(row.absences[0]?.reason ?? say('no_shift'));
    return;
  }
  const over = row.load > 100;
  const meter = hidden(make('span', over ? 'meter is-over' : 'meter', load));
  make('i', '', meter).style.setProperty('--value', row.load);
  make('b', over ? 'is-over' : '', load, `${row.load}%`);
  if (over) mask('alert-triangle', load);
  const travel = make('span', '', load);
  mask('car', travel);
  travel.append(duration(row.travel_minutes));
  make('span', 'visually-hidden', load, `, ${kilometres(row.km)}`);
}

/** One click for the pointer; with the keyboard it is the I key, so that the board keeps its single tab stop. */
function drawIll(row, parent) {
  const button = make('button', 'icon-button ill', parent);
  Object.assign(button, { type: 'submit', name: 'technician', value: row.id, tabIndex: -1, title: say('is_ill', { name: row.name }) });
  button.setAttribute('form', 'ill');
  mask('user-off', button);
  make('span', 'visually-hidden', button, button.title);
}

function drawRow(row) {
  const element = make('div', 'board-row');
  element.setAttribute('role', 'row');
  const name = make('div', 'board-name', element);
  name.setAttribute('role', 'rowheader');
  name.title = [row.name, ...row.skills].join(' · ');
  hidden(make('span', 'face', name, initials(row.name)));
  make('strong', '', name, row.name);
  drawLoad(row, name);
  if (row.shift) drawIll(row, name);
  drawLane(row, element, pixels);
  return element;
}

/** The row's element: the one already on the page unless something in it changed. */
function rowElement(row) {
  const text = JSON.stringify(row);
  const known = drawn.get(row.id);
  if (known?.text === text) return known.element;
  const element = drawRow(row);
  drawn.set(row.id, { text, element });
  return element;
}

export function drawNow() {
  const { from, to } = board();
  const minute = minuteNow();
  grid.querySelector('.now-hour')?.remove();
  const shown = minute !== null && minute >= from && minute <= to;
  grid.classList.toggle('has-now', shown);
  for (const hour of grid.querySelectorAll('.hour')) {
    hour.hidden = minute !== null && Math.abs(hour.dataset.minute - minute) <= NEAR_NOW;
  }
  if (!shown) return;
  grid.style.setProperty('--now', minute - from);
  place(make('span', 'now-hour', grid.querySelector('.axis'), clock(minute)), minute - from);
}

/** Draw again. Focus, the single tab stop and the scrolled place survive. */
export function draw() {
  const focused = grid.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const stop = grid.querySelector('[tabindex="0"]')?.dataset.id;
  fit();
  const rows = board().rows.map(rowElement);
  grid.replaceChildren(drawAxis(), ...rows);
  drawNow();
  const byId = id => (id ? grid.querySelector(`.visit[data-id="${id}"]`) : null);
  const next = byId(focused) ?? byId(stop) ?? grid.querySelector('.visit');
  grid.querySelectorAll('[tabindex="0"]').forEach(element => { element.tabIndex = -1; });
  if (next) next.tabIndex = 0;
  if (focused) (byId(focused) ?? grid).focus({ preventScroll: true });
}

export const pixelsPerMinute = () => pixels;

/** Bring the hours around now into view when the day is wider than the room. */
export function scrollToNow() {
  const minute = minuteNow();
  if (minute !== null) grid.scrollLeft = (minute - 90 - board().from) * pixels;
}
