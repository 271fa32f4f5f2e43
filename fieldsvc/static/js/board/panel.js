// One visit or unscheduled intervention in the side panel: its facts and what can be done, without leaving the board.
import { copy, make, mask } from '../staff/dom.js';
import { dayWords, duration, span } from '../staff/time.js';
import { say } from '../staff/words.js';
import { openMove } from './dialog.js';
import { lock, unschedule } from './moves.js';
import { closeSide, fillSide } from './side.js';
import { address, board, find } from './store.js';
import { suggest } from './suggest.js';
import { ICONS, ends } from './visit.js';

const ENDED = ['completed', 'cancelled'];

/** The status as icon and word. */
function statusPill(item) {
  const pill = make('span', `st st-${item.status}`);
  mask(ICONS[item.status], pill);
  pill.append(board().words[item.status]);
  return pill;
}

const facts = item => ({
  client: item.client,
  reference: item.reference,
  status: statusPill(item),
  conflict: item.conflict?.join(' · '),
  activity: item.activity,
  technician: [item.row?.name, ...(item.colleagues ?? [])].filter(Boolean).join(', '),
  planned: item.row && `${span(item.begins, ends(item))} (${duration(item.minutes)})`,
  promised: item.window && span(...item.window),
  minutes: item.row ? '' : duration(item.minutes),
  due: item.due_on && dayWords(item.due_on),
  skills: item.skills?.join(' · '),
  address: item.address,
});

function wire(content, item) {
  const on = (name, run) => content.querySelector(`[data-do=${name}]`).addEventListener('click', run);
  const ended = ENDED.includes(item.status);
  content.querySelector('a[data-late]').href = address('late', item.intervention);
  const urgent = content.querySelector('form[data-urgent]');
  urgent.action = address('urgent', item.intervention);
  urgent.hidden = Boolean(item.row) || ended;
  content.querySelector('a[data-open]').href = address('intervention', item.intervention);
  content.querySelector('[data-do=lock]').textContent = say(item.locked ? 'unlock' : 'lock');
  for (const button of content.querySelectorAll('[data-planned]')) button.hidden = !item.row || ended;
  for (const button of content.querySelectorAll('[data-live]')) button.hidden = ended;
  on('move', () => openMove(item));
  on('lock', () => lock(item));
  on('unschedule', () => unschedule(item));
  on('suggest', () => suggest(item.intervention));
}

export function openPanel(id) {
  const item = find(id);
  if (!item) return closeSide();
  const content = copy('visit-panel', facts(item));
  wire(content, item);
  return fillSide(id, say('intervention'), content, () => openPanel(id));
}
