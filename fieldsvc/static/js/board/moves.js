// Everything that changes the plan: asked of the server with the version that was shown, and drawn from its answer.
import { Refused, post } from '../staff/ask.js';
import { clock, dayWords } from '../staff/time.js';
import { toast } from '../staff/toast.js';
import { say } from '../staff/words.js';
import { refresh } from './poll.js';
import { address, board, nameOf, placeOf, settings, show } from './store.js';

let tellConflict = () => undefined;

/** Who shows a colleague's version: called with the visit, the server's words and the place that was wanted. */
export const onConflict = listener => { tellConflict = listener; };

const undoable = () => [say('undo'), undo];

/** Where `to` is, in words: "14:20, Inês Magalhães", with the day when it is another one. */
export const placeWords = to => [
  to.day && to.day !== board().day ? dayWords(to.day) : '', clock(to.begins), to.name ?? nameOf(to.technician),
].filter(Boolean).join(', ');

async function change(name, visit, body) {
  const url = `${address(name, visit.intervention)}?day=${board().day}`;
  const answer = await post(url, { version: visit.version, ...body });
  show(answer.board);
}

async function explain(error, visit, wanted, tell = toast) {
  if (!(error instanceof Refused)) {
    tell(say('unknown'));
    return refresh();
  }
  if (error.status === 409 && error.answer.current) {
    await refresh();
    return tellConflict(visit, error.message, wanted);
  }
  const words = error.answer.violations?.length ? error.answer.violations : [error.message || say('refused')];
  return tell(say('not_moved', { client: visit.client, words: words.join(' · ') }));
}

/** Move a visit or schedule an intervention. Returns whether it was done; a refusal is explained with `tell`. */
export async function move(visit, to, reason = '', tell = toast) {
  try {
    await change('move', visit, { ...placeOf(visit, to), reason });
    toast(say('moved', { client: visit.client, place: placeWords(to) }), undoable());
    return true;
  } catch (error) {
    await explain(error, visit, to, tell);
    return false;
  }
}

export async function lock(visit) {
  if (!visit.row) return;
  try {
    await change('lock', visit, { locked: !visit.locked });
    toast(say(visit.locked ? 'was_unlocked' : 'was_locked', { client: visit.client }), undoable());
  } catch (error) {
    await explain(error, visit);
  }
}

export async function unschedule(visit) {
  if (!visit.row) return;
  try {
    await change('unschedule', visit, {});
    toast(say('was_unscheduled', { client: visit.client }), undoable());
  } catch (error) {
    await explain(error, visit);
  }
}

/** Take back the last move; false when there is none. */
export async function undo() {
  try {
    const answer = await post(`${settings.urls.undo}?day=${board().day}`, {});
    show(answer.board);
    toast(say('undone'));
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return false;
    toast(error instanceof Refused ? error.message : say('unknown'));
    await refresh();
    return true;
  }
}
