// Somebody else moved the visit first: their version is shown, and the move that was wanted stays at hand.
import { say } from '../staff/words.js';
import { openMove } from './dialog.js';
import { clock } from '../staff/time.js';
import { find, nameOf } from './store.js';

const dialog = document.getElementById('conflict');
const again = dialog.querySelector('[data-again]');
let resume = null;

const theirs = visit => (
  visit?.row ? `${clock(visit.begins)}, ${visit.row.name}` : say('not_on_this_day'));

/** `error.answer.error` says what happened; the board behind already shows the present version. */
export function showConflict(visit, error, wanted) {
  const present = find(visit.intervention);
  dialog.querySelector('[data-slot=client]').textContent = visit.client;
  dialog.querySelector('[data-slot=words]').textContent = error.message;
  dialog.querySelector('[data-slot=theirs]').textContent = theirs(present);
  dialog.querySelector('[data-slot=yours]').textContent = wanted
    ? `${clock(wanted.begins)}, ${nameOf(wanted.technician)}` : say('as_asked');
  again.hidden = !wanted || !present;
  resume = () => openMove(present, wanted);
  document.querySelectorAll('dialog[open]').forEach(open => open.close());
  dialog.showModal();
}

again.addEventListener('click', () => { dialog.close(); resume(); });
