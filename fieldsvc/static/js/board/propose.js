// A move that somebody has in mind: done when it is free of doubt, explained when a rule says no, else a reason is asked for.
import { toast } from '../staff/toast.js';
import { say } from '../staff/words.js';
import { check } from './check.js';
import { openMove } from './dialog.js';
import { move } from './moves.js';

/** `verdict` is the server's answer for this very place, if it has been asked already. */
export async function propose(visit, to, verdict = null) {
  if (visit.locked) return toast(say('is_locked', { client: visit.client }));
  const answer = verdict ?? await check(visit, to);
  if (answer.verdict === 'green') return move(visit, to);
  if (answer.verdict === 'amber') return openMove(visit, to);
  return toast(say('not_moved', { client: visit.client, words: answer.words.join(' · ') }));
}
