// The move dialog: the same move by form, for the keyboard, for touch, and whenever a reason is asked for.
import { clock, minutesOf } from '../staff/time.js';
import { say } from '../staff/words.js';
import { stillCheck, verdictWords } from './check.js';
import { move } from './moves.js';
import { board } from './store.js';

const dialog = document.getElementById('move');
const form = dialog.querySelector('form');
const { technician, day, begins, reason } = form.elements;
const note = dialog.querySelector('[data-verdict]');
let visit = null;
let checker = null;
let crew = [];

const wanted = () => ({
  technician: Number(technician.value), day: day.value, begins: minutesOf(begins.value),
  technicians: crew.includes(Number(technician.value)) ? crew : undefined,
});
const complete = to => to.technician && to.day && to.begins !== null;

function showVerdict(verdict) {
  note.dataset.verdict = verdict.verdict;
  note.querySelector('b').textContent = say(`verdict_${verdict.verdict}`);
  note.querySelector('span').textContent = verdictWords(verdict);
  reason.required = verdict.verdict === 'amber';
}

function askAgain() {
  reason.required = false;
  note.dataset.verdict = 'asking';
  note.querySelector('b').textContent = say('verdict_asking');
  note.querySelector('span').textContent = '';
  if (complete(wanted())) checker.ask(wanted());
}

function fillTechnicians() {
  const options = board().rows.map(row => new Option(row.shift ? `${row.name}, ${row.load}%` : row.name, row.id));
  technician.replaceChildren(...options);
}

/** Open the dialog for a visit or an unscheduled intervention, at its place or at the one wanted. */
export function openMove(item, to = {}) {
  visit = item;
  crew = to.technicians ?? [];
  checker = stillCheck(visit, (place, verdict) => showVerdict(verdict));
  fillTechnicians();
  dialog.querySelector('[data-slot=client]').textContent = item.client;
  technician.value = to.technician ?? item.row?.id ?? board().rows[0]?.id ?? '';
  day.value = to.day ?? board().day;
  begins.value = clock(to.begins ?? item.begins ?? board().now ?? board().from);
  reason.value = '';
  dialog.showModal();
  askAgain();
}

form.addEventListener('input', event => { if (event.target !== reason) askAgain(); });
form.addEventListener('submit', async event => {
  event.preventDefault();
  const refused = words => showVerdict({ verdict: 'red', words: [words] });
  if (await move(visit, wanted(), reason.value, refused)) dialog.close();
});
dialog.addEventListener('close', () => {
  checker?.stop();
  document.querySelector(`.visit[data-id="${visit.intervention}"]`)?.focus();
});
