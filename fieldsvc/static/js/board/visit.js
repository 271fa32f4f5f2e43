// One visit on a lane: a button whose accessible name holds everything that is seen, and more.
import { make, mask, place } from '../staff/dom.js';
import { clock, span } from '../staff/time.js';
import { say } from '../staff/words.js';
import { board } from './store.js';

const NARROW = 62;
export const ICONS = {
  requested: 'inbox', unscheduled: 'calendar-off', held: 'hourglass', scheduled: 'calendar-event', dispatched: 'send',
  travelling: 'car', in_progress: 'tool', completed: 'check', cancelled: 'ban',
};

// What has no place; an intervention at a site needs no mark.
const KINDS = { remote: 'world', call: 'phone', task: 'clipboard-check' };

export const ends = visit => visit.begins + visit.minutes;

const misses = visit => Boolean(visit.window) && visit.status !== 'completed'
  && (visit.begins < visit.window[0] || visit.begins > visit.window[1]);

const together = visit => (
  visit.colleagues?.length ? say('with', { names: visit.colleagues.join(', ') }) : '');

const facts = visit => [
  say('from_to', { from: clock(visit.begins), to: clock(ends(visit)) }),
  visit.activity,
  together(visit),
  board().words[visit.status],
  visit.window && say('promised', { window: span(...visit.window) }),
  visit.locked && say('locked'),
  ...(visit.conflict ?? []),
].filter(Boolean);

/** `half` is 1 or 2 where two visits overlap, so that both can be seen. */
export function drawVisit(visit, lane, pixels, half) {
  const button = place(make('button', `visit st-${visit.status}`, lane), visit.begins - board().from, visit.minutes);
  const bad = Boolean(visit.conflict?.length) || misses(visit);
  button.type = 'button';
  button.tabIndex = -1;
  button.dataset.id = visit.intervention;
  button.classList.toggle('is-narrow', visit.minutes * pixels < NARROW);
  button.classList.toggle('is-bad', bad);
  button.classList.toggle('is-missed', misses(visit));
  if (half) button.classList.add(`is-half-${half}`);
  make('b', '', button, visit.client);
  const line = make('span', '', button);
  mask(bad ? 'alert-triangle' : ICONS[visit.status], line);
  if (KINDS[visit.activity_kind]) mask(KINDS[visit.activity_kind], line);
  if (visit.colleagues?.length) mask('users', line);
  line.append([clock(visit.begins), together(visit), visit.activity].filter(Boolean).join(' '));
  if (visit.locked) mask('lock', button);
  make('small', 'visually-hidden', button, ['', ...facts(visit)].join(', '));
  button.title = [`${visit.client} · ${visit.reference}`, ...facts(visit), visit.address].join('\n');
}
