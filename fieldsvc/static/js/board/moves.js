// Everything that changes the plan: asked of the server with the version that was shown, and drawn from its answer.
import { Refused, post } from '../staff/ask.js';
import { clock, dayWords } from '../staff/time.js';
import { toast } from '../staff/toast.js';
import { say } from '../staff/words.js';
import { showConflict } from './conflict.js';
import { check } from './check.js';
import { openMove } from './dialog.js';
import { refresh } from './poll.js';
import { address, board, nameOf, settings, show } from './store.js';

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

async function explain(error, visit, wanted) {
  if (!(error instanceof Refused)) {
    toast(say('unknown'));
    return refresh();
  }
  if (error.status === 409 && error.answer.current) {
    await refresh();
    return showConflict(visit, error, wanted);
  }
  const words = error.answer.violations?.length ? error.answer.violations : [error.message || say('refused')];
  return toast(say('not_moved', { client: visit.client, words: words.join(' · ') }));
}

/** Move a visit or schedule an intervention. Returns whether it was done; a refusal has been explained. */
export async function move(visit, to, reason = '') {
  try {
    await change('move', visit, { day: board().day, ...to, reason });
    toast(say('moved', { client: visit.client, place: placeWords(to) }), undoable());
    return true;
  } catch (error) {
    await explain(error, visit, to);
    return false;
  }
}

/** Ask first: move when it is free of doubt, refuse when a rule says no, else open the dialog for a reason. */
export async function tryMove(visit, to) {
  if (visit.locked) return toast(say('is_locked', { client: visit.client }));
  const verdict = await check(visit, to);
  if (verdict.verdict === 'green') return move(visit, to);
  if (verdict.verdict === 'amber') return openMove(visit, to);
  return toast(say('not_moved', { client: visit.client, words: verdict.words.join(' · ') }));
}

export async function lock(visit) {
  if (!visit.row) return;
  try {
    await change('lock', visit, { locked: !visit.locked });
    toast(say(visit.locked ? 'was_unlocked' : 'was_locked', { client: visit.client }));
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
