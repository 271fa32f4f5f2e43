// Suggest: where one intervention fits best. The list in the side panel and the marks on the lanes are one choice.
import { get } from '../staff/ask.js';
import { copy, make, mask, place } from '../staff/dom.js';
import { clock, dayWords, duration } from '../staff/time.js';
import { count, kilometres, say } from '../staff/words.js';
import { grid } from './draw.js';
import { propose } from './propose.js';
import { closeSide, fillSide, onClose } from './side.js';
import { address, board, find } from './store.js';

const BAND_ICON = { green: 'circle-check', orange: 'alert-triangle', red: 'alert-octagon' };
let answer = null;
let chosen = null;
let subject = null;

const signed = (number, words) => `${number < 0 ? '−' : '+'}${words}`;
const signedMinutes = minutes => signed(minutes, say('minutes', { minutes: Math.abs(minutes) }));
const signedKm = km => signed(km, kilometres(Math.abs(km)));
const when = candidate => `${dayWords(candidate.day)} · ${clock(candidate.begins)}`;

function bandTag(band, parent) {
  const tag = make('span', `band band-${band}`, parent);
  mask(BAND_ICON[band], tag);
  tag.append(say(`band_${band}`));
}

function drawChoice(candidate, parent) {
  const label = make('label', 'candidate-choice', parent);
  const radio = make('input', 'form-check-input', label);
  Object.assign(radio, { type: 'radio', name: 'candidate', value: candidate.number, checked: candidate === chosen });
  make('b', '', label, `${candidate.number} · ${when(candidate)}`);
  make('span', 'cost', label, signedMinutes(candidate.cost_minutes));
  const who = make('span', 'who', label);
  bandTag(candidate.band, who);
  who.append(candidate.technician_name);
  if (subject.due_on && candidate.day > subject.due_on) make('span', 'small-tag', who, say('after_due'));
  make('span', 'distance', label, signedKm(candidate.cost_km));
  make('span', 'why', label, candidate.because);
}

/** One line a technician and reason, with the days it is true for. */
function refusals(refused) {
  const lines = new Map();
  for (const refusal of refused) {
    const key = `${refusal.name}|${refusal.reason}`;
    const line = lines.get(key) ?? { name: refusal.name, reason: refusal.reason, days: [] };
    line.days.push(refusal.day);
    lines.set(key, line);
  }
  return [...lines.values()];
}

function drawRefused(list) {
  for (const { name, reason, days } of refusals(answer.refused)) {
    const item = make('li', '', list);
    make('b', '', item, name);
    const on = days.length > 1 ? count('on_days', days.length) : dayWords(days[0]);
    make('small', '', item, [on, reason].join(' · '));
  }
}

function drawPanel() {
  const item = subject;
  const content = copy('suggest-panel', {
    client: item.client, what: `${item.activity} · ${duration(item.minutes)}`, address: item.address,
    due: item.due_on ? say('due', { day: dayWords(item.due_on) }) : '',
  });
  const choices = content.querySelector('[data-candidates]');
  for (const candidate of answer.candidates) drawChoice(candidate, choices);
  content.querySelector('[data-none]').hidden = answer.candidates.length > 0;
  content.querySelector('[data-refused]').hidden = answer.refused.length === 0;
  drawRefused(content.querySelector('[data-refused] ul'));
  content.querySelector('a[data-assistant]').href = address('assistant', item.intervention);
  const button = content.querySelector('[data-do=book]');
  button.hidden = !chosen;
  if (chosen) button.textContent = say('schedule_at', { hour: clock(chosen.begins), name: chosen.technician_name });
  choices.addEventListener('change', event => choose(Number(event.target.value)));
  button.addEventListener('click', () => book(item));
  fillSide(item.intervention, say('suggest_title'), content);
}

async function book(item) {
  const { technician, technicians, technician_name: name, day, begins } = chosen;
  if (await propose(item, { technician, technicians, name, day, begins })) closeSide();
}

export function drawCandidates() {
  grid.querySelectorAll('.candidate').forEach(mark => mark.remove());
  const seats = (answer?.candidates ?? []).flatMap(
    candidate => candidate.technicians.map(technician => ({ candidate, technician })));
  for (const { candidate, technician } of seats) {
    const lane = grid.querySelector(`.lane[data-technician="${technician}"]`);
    if (candidate.day !== board().day || !lane) continue;
    const mark = make('button', `candidate band-${candidate.band}`, lane);
    mark.type = 'button';
    mark.tabIndex = -1;
    place(mark, candidate.begins - board().from, candidate.minutes);
    mark.setAttribute('aria-pressed', candidate === chosen);
    mask(BAND_ICON[candidate.band], mark);
    mark.append(signedMinutes(candidate.cost_minutes));
    make('span', '', mark, `${candidate.number} · ${say(`band_${candidate.band}`)}`);
    mark.addEventListener('click', () => choose(candidate.number));
  }
}

function choose(number) {
  chosen = answer.candidates.find(candidate => candidate.number === number);
  const focused = document.activeElement?.name === 'candidate';
  drawPanel();
  drawCandidates();
  if (focused) document.querySelector(`[name=candidate][value="${number}"]`).focus();
}

/** Ask where the intervention fits and show the answer beside the board and on its lanes. */
export async function suggest(id) {
  subject = find(id);
  grid.classList.add('is-dimmed');
  fillSide(id, say('suggest_title'), copy('suggest-wait', { client: subject.client }));
  try {
    answer = await get(address('suggestions', id));
  } catch (error) {
    fillSide(id, say('suggest_title'), copy('suggest-failed', { words: error.message || say('no_answer') }));
    return;
  }
  [chosen = null] = answer.candidates;
  drawPanel();
  drawCandidates();
}

onClose(() => {
  answer = null;
  chosen = null;
  grid.classList.remove('is-dimmed');
});
