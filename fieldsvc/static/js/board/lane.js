// A technician's lane: hours off, absences, arrival windows, travel, waiting, breaks, visits and the way home.
import { hidden, make, mask, place } from '../staff/dom.js';
import { say } from '../staff/words.js';
import { board } from './store.js';
import { drawVisit, ends } from './visit.js';

const ROOM_FOR_MINUTES = 11;
const ROOM_FOR_WORDS = 58;

const put = (className, lane, begins, minutes) =>
  hidden(place(make('div', className, lane), begins - board().from, minutes));

function drawOff(row, lane) {
  const { from, to } = board();
  const [begins, finish] = row.shift ?? [to, to];
  if (begins > from) put('off', lane, from, begins - from);
  if (finish < to) put('off', lane, finish, to - finish);
}

function drawAbsence(absence, lane) {
  const { from, to } = board();
  const begins = Math.max(absence.from, from);
  const box = place(make('div', 'absence', lane), begins - from, Math.min(absence.to, to) - begins);
  make('span', '', box, absence.reason);
}

function drawWindows(visits, lane) {
  const promised = visits.filter(visit => visit.window && visit.status !== 'completed');
  promised.forEach((visit, index) => {
    const [opens, closes] = visit.window;
    const box = put('window', lane, opens, closes - opens);
    box.classList.toggle('is-lower', index % 2 === 0);
    box.classList.toggle('is-missed', visit.begins < opens || visit.begins > closes);
  });
}

function drawTravel(item, lane, pixels) {
  const line = put('travel', lane, item.begins, item.minutes);
  if (item.minutes * pixels > ROOM_FOR_MINUTES) line.dataset.minutes = item.minutes;
}

function drawWait(item, lane, pixels) {
  const line = put('wait', lane, item.begins, item.minutes);
  if (item.minutes * pixels > ROOM_FOR_WORDS) line.dataset.minutes = say('free', { minutes: item.minutes });
}

function drawHome(item, lane, pixels) {
  drawTravel(item, lane, pixels);
  const house = put('way-home', lane, item.begins + item.minutes + 2);
  house.classList.toggle('is-late', Boolean(item.late));
  mask(item.late ? 'home-exclamation' : 'home', house);
}

const DRAW = { travel: drawTravel, wait: drawWait, home: drawHome };

/** Visits that overlap share the height of the lane by turns: 1 above, 2 below, undefined alone. */
function halves(visits) {
  const half = new Map();
  visits.slice(1).forEach((visit, index) => {
    const before = visits[index];
    if (visit.begins >= ends(before)) return;
    if (!half.has(before)) half.set(before, 1);
    half.set(visit, half.get(before) === 1 ? 2 : 1);
  });
  return half;
}

export function drawLane(row, parent, pixels) {
  const lane = make('div', 'lane', parent);
  lane.setAttribute('role', 'gridcell');
  lane.dataset.technician = row.id;
  const visits = row.items.filter(item => item.kind === 'visit').sort((a, b) => a.begins - b.begins);
  const half = halves(visits);
  drawOff(row, lane);
  for (const absence of row.absences) drawAbsence(absence, lane);
  drawWindows(visits, lane);
  for (const rest of row.breaks) mask('coffee', put('break', lane, rest.begins, rest.minutes));
  for (const item of row.items) DRAW[item.kind]?.(item, lane, pixels);
  for (const visit of visits) drawVisit(visit, lane, pixels, half.get(visit));
  return lane;
}
