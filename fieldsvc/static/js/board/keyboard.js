// Keys of the board. One tab stop: arrows walk between visits, Alt and an arrow moves the visit itself.
import { toast } from '../staff/toast.js';
import { say } from '../staff/words.js';
import { openAway } from './away.js';
import { grid } from './draw.js';
import { openMove } from './dialog.js';
import { lock, undo, unschedule } from './moves.js';
import { propose } from './propose.js';
import { itemOf, settings } from './store.js';

const STEP = 15;
const STOPS = '.visit,.candidate';
const FIELDS = 'input,select,textarea,dialog';
const SIDEWAYS = { ArrowRight: 1, ArrowLeft: -1 };
const UPDOWN = { ArrowDown: 1, ArrowUp: -1 };

const beginsOf = element => Number(element.style.getPropertyValue('--begins'));
const stopsOf = lane => [...lane.querySelectorAll(STOPS)].sort((a, b) => beginsOf(a) - beginsOf(b));
const lanes = () => [...grid.querySelectorAll('.lane')];
const nearest = (stops, begins) =>
  stops.sort((a, b) => Math.abs(beginsOf(a) - begins) - Math.abs(beginsOf(b) - begins))[0];

function walkTo(element) {
  if (!element) return;
  grid.querySelectorAll('[tabindex="0"]').forEach(stop => { stop.tabIndex = -1; });
  element.tabIndex = 0;
  element.focus();
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function walk(from, key) {
  const lane = from.closest('.lane');
  const stops = stopsOf(lane);
  if (key in SIDEWAYS) return walkTo(stops[stops.indexOf(from) + SIDEWAYS[key]]);
  if (key === 'Home') return walkTo(stops[0]);
  if (key === 'End') return walkTo(stops.at(-1));
  const all = lanes();
  let index = all.indexOf(lane) + UPDOWN[key];
  while (all[index] && !stopsOf(all[index]).length) index += UPDOWN[key];
  return all[index] && walkTo(nearest(stopsOf(all[index]), beginsOf(from)));
}

function moveBy(visit, key) {
  const { row, begins } = visit;
  if (key in SIDEWAYS) return propose(visit, { technician: row.id, begins: begins + STEP * SIDEWAYS[key] });
  const all = lanes();
  const next = all[all.findIndex(lane => Number(lane.dataset.technician) === row.id) + UPDOWN[key]];
  return next && propose(visit, { technician: Number(next.dataset.technician), begins });
}

const ON_VISIT = { m: openMove, l: lock, u: unschedule, i: openAway };
const ANYWHERE = {
  t: () => { location.href = settings.urls.today; },
  '?': () => document.getElementById('keys').showModal(),
  '/': () => document.getElementById('unscheduled-search').focus(),
};

function onKey(event) {
  const plain = !event.ctrlKey && !event.metaKey;
  if (event.target.closest(FIELDS)) return;
  const element = event.target.closest(STOPS);
  const visit = element?.dataset.id && itemOf(element);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const arrow = key in SIDEWAYS || key in UPDOWN;
  let act = null;
  if (element && arrow && event.altKey) act = visit && (() => moveBy(visit, key));
  else if (element && (arrow || key === 'Home' || key === 'End')) act = () => walk(element, key);
  else if (plain && !event.altKey && visit && key in ON_VISIT) act = () => ON_VISIT[key](visit);
  else if (plain && !event.altKey && key in ANYWHERE) act = ANYWHERE[key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Letters act only while the board has the focus, so that they never surprise somebody elsewhere on the page.
// A page that has just been loaded has it nowhere, which counts as here.
const main = document.getElementById('main');
document.addEventListener('keydown', event => {
  if (event.target === document.body || main.contains(event.target)) onKey(event);
});
document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !event.target.closest(FIELDS)) {
    event.preventDefault();
    undo().then(done => { if (!done) toast(say('nothing_to_undo')); });
  }
});
