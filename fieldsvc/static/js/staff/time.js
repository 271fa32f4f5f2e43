// Minutes from local midnight, as people read and type them.
import { say } from './words.js';

const two = number => String(number).padStart(2, '0');

export const clock = minutes => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;

export const span = (begins, ends) => `${clock(begins)}–${clock(ends)}`;

export function duration(minutes) {
  if (minutes < 60) return say('minutes', { minutes });
  const rest = minutes % 60;
  return rest ? say('hours_minutes', { hours: Math.floor(minutes / 60), minutes: two(rest) })
    : say('hours', { hours: minutes / 60 });
}

/** Minutes of "14:05", or null for anything else. */
export function minutesOf(text) {
  const parts = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  return parts && parts[1] < 24 && parts[2] < 60 ? parts[1] * 60 + Number(parts[2]) : null;
}

// English dates are written the European way, as on the server.
const locale = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;
const part = name => new Intl.DateTimeFormat(locale, { [name]: 'short', timeZone: 'UTC' });
const weekday = part('weekday');
const month = part('month');

/** A local day such as "2026-11-24" in the reader's words: "Tue 24 Nov". */
export function dayWords(day) {
  const date = new Date(`${day}T00:00Z`);
  return `${weekday.format(date)} ${date.getUTCDate()} ${month.format(date)}`;
}
