// What a move would cost, asked before it is made: {verdict: green | amber | red, words, travel_minutes}.
import { Refused, post } from '../staff/ask.js';
import { say } from '../staff/words.js';
import { address, placeOf } from './store.js';

const PAUSE = 120;

export async function check(visit, to, options = {}) {
  try {
    return await post(address('check', visit.intervention), placeOf(visit, to), options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    const words = error instanceof Refused ? error.answer.violations ?? [error.message] : [say('no_answer')];
    return { verdict: 'red', words, travel_minutes: 0 };
  }
}

/** Asks when the place has been still for a moment; only the answer to the last question is given to `tell`. */
export function stillCheck(visit, tell) {
  let timer;
  let asking = null;
  const stop = () => { clearTimeout(timer); asking?.abort(); };
  const ask = to => {
    stop();
    timer = setTimeout(() => {
      asking = new AbortController();
      check(visit, to, { signal: asking.signal }).then(verdict => tell(to, verdict), () => undefined);
    }, PAUSE);
  };
  return { ask, stop };
}

/** A verdict in one line: "+14 min travel · breaks the promise of 10:00–12:00". */
export const verdictWords = verdict => (verdict.words.length ? verdict.words.join(' · ') : say('fits'));
