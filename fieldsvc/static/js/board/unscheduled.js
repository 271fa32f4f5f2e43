// What waits for a place: grouped by due day, with a search and a filter by skill; each card can be dragged or suggested for.
import { make, mask } from '../staff/dom.js';
import { dayWords, duration } from '../staff/time.js';
import { count, say } from '../staff/words.js';
import { openPanel } from './panel.js';
import { board, settings } from './store.js';
import { suggest } from './suggest.js';

const list = document.getElementById('unscheduled');
const search = document.getElementById('unscheduled-search');
const skill = document.getElementById('unscheduled-skill');
const total = document.querySelector('[data-unscheduled-count]');
const GROUPS = ['overdue', 'today', 'week', 'later'];
const DUE_ICON = { overdue: 'alert-triangle', today: 'clock', week: 'calendar-event', later: 'calendar' };
const plain = text => text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();

function groupOf(item) {
  if (!item.due_on) return 'later';
  if (item.due_on < settings.today) return 'overdue';
  if (item.due_on === settings.today) return 'today';
  const days = (Date.parse(item.due_on) - Date.parse(settings.today)) / 86400000;
  return days <= 7 ? 'week' : 'later';
}

function matches(item) {
  const text = plain([item.client, item.reference, item.activity, item.address].join(' '));
  return text.includes(plain(search.value.trim())) && (!skill.value || item.skills.includes(skill.value));
}

const people = item => (item.crew > 1 ? count('crew', item.crew) : '');

function drawDue(item, group, card) {
  const line = make('span', `due is-${group}`, card);
  mask(DUE_ICON[group], line);
  const words = item.due_on ? say('due', { day: dayWords(item.due_on) }) : say('no_due_date');
  line.append(group === 'today' ? say('due_today') : words);
  if (item.status === 'requested') make('span', 'small-tag', line, say('asked_by_client'));
}

function drawCard(item, group) {
  const card = make('li', `open-card is-${group}`);
  card.dataset.id = item.intervention;
  const name = make('button', 'open-name', card, item.client);
  name.type = 'button';
  name.addEventListener('click', () => openPanel(item.intervention));
  make('span', 'open-what', card, [item.activity, duration(item.minutes), people(item), item.address].filter(Boolean).join(' · '));
  drawDue(item, group, card);
  const bulb = make('button', 'icon-button', card);
  bulb.type = 'button';
  bulb.setAttribute('aria-label', say('suggest_for', { client: item.client }));
  mask('bulb', bulb);
  bulb.addEventListener('click', () => suggest(item.intervention));
  return card;
}

function drawGroup(group, items) {
  const head = make('li', 'open-group');
  make('span', '', head, say(`group_${group}`));
  make('span', '', head, items.length);
  return [head, ...items.map(item => drawCard(item, group))];
}

function fillSkills(items) {
  const names = [...new Set(items.flatMap(item => item.skills))].sort();
  const chosen = skill.value;
  skill.replaceChildren(new Option(say('any_skill'), ''), ...names.map(name => new Option(name, name)));
  skill.value = names.includes(chosen) ? chosen : '';
}

const byUrgency = (a, b) =>
  (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999') || b.priority - a.priority || a.client.localeCompare(b.client);

export function drawUnscheduled() {
  const items = board().unscheduled;
  fillSkills(items);
  const found = items.filter(matches).sort(byUrgency);
  const groups = GROUPS.map(group => [group, found.filter(item => groupOf(item) === group)]);
  const scrolled = list.scrollTop;
  list.replaceChildren(...groups.filter(([, some]) => some.length).flatMap(([group, some]) => drawGroup(group, some)));
  if (!found.length) make('li', 'open-empty', list, say(items.length ? 'none_found' : 'all_scheduled'));
  list.scrollTop = scrolled;
  total.textContent = found.length === items.length ? items.length : count('of_all', items.length, { found: found.length });
}

/** Mark the card whose panel or suggestions are open. */
export function markCard(id) {
  for (const card of list.querySelectorAll('.open-card')) card.classList.toggle('is-open', Number(card.dataset.id) === id);
}

search.addEventListener('input', drawUnscheduled);
skill.addEventListener('change', drawUnscheduled);
