// Somebody else changed the visit first: their version is shown, and the move that was wanted stays at hand.
import { clock } from '../staff/time.js';
import { say } from '../staff/words.js';
import { openMove } from './dialog.js';
import { onConflict, placeWords } from './moves.js';
import { find } from './store.js';

const dialog = document.getElementById('conflict');
const again = dialog.querySelector('[data-again]');
let resume = null;

const fill = (slot, text) => { dialog.querySelector(`[data-slot=${slot}]`).textContent = text; };

/** The board behind the dialog already shows the present version. */
function showConflict(visit, words, wanted) {
  const present = find(visit.intervention);
  fill('client', visit.client);
  fill('words', words);
  fill('theirs', present?.row ? `${clock(present.begins)}, ${present.row.name}` : say('not_on_this_day'));
  fill('yours', wanted ? placeWords(wanted) : say('as_asked'));
  again.hidden = !wanted || !present;
  resume = () => openMove(present, wanted);
  document.querySelectorAll('dialog[open]').forEach(open => open.close());
  dialog.showModal();
}

onConflict(showConflict);
again.addEventListener('click', () => { dialog.close(); resume(); });
