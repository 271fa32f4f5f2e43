// Draws the tree: a group with its parts, a condition with its inputs and buttons. Names of controls survive a drawing,
// so that the focus can.
import { make } from '../../staff/dom.js';
import { isGroup } from './tree.js';
import { input } from './values.js';

const JOINERS = { all: 'and', any: 'or', none: 'nor' };
const ICONS = document.querySelector('use')?.getAttribute('href')?.split('#')[0] ?? '';

export const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

/** The group at `path` with everything in it. */
export function drawGroup(editor, group, path, place = {}) {
  const { words } = editor;
  const box = make('div', `condition-group is-${group.mode}`);
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', fill(path.length ? words.group_of : words.whole, { ...place, mode: words[group.mode] }));
  box.dataset.path = path.join('.');
  const head = make('div', 'condition-head', box);
  if (path.length) grip(editor, head);
  if (!path.length) make('span', '', head, words.available);
  head.append(mode(editor, group, path));
  make('span', '', head, words[`of_${group.mode}`]);
  if (path.length) {
    result(head);
    button(editor, head, path, 'up', 'arrow-up', words.up);
    button(editor, head, path, 'down', 'arrow-down', words.down);
    button(editor, head, path, 'remove', 'trash', words.remove_group);
  } else {
    result(head);
  }
  if (!group.children.length) make('p', 'quiet small', box, words.always);
  const list = make('ol', 'condition-parts', box);
  for (const [number, part] of group.children.entries()) {
    const item = make('li', '', list);
    const at = [...path, number], where = { n: number + 1, total: group.children.length };
    item.append(isGroup(part) ? drawGroup(editor, part, at, where) : drawCondition(editor, part, at, where, group.mode));
  }
  const foot = make('div', 'condition-foot', box);
  button(editor, foot, path, 'add', 'plus', words.add_condition, true);
  button(editor, foot, path, 'group', 'plus', words.add_group, true);
  return box;
}

function drawCondition(editor, part, path, { n, total }, mode) {
  const { words } = editor;
  const row = make('div', 'condition');
  row.setAttribute('role', 'group');
  Object.assign(row.dataset, { path: path.join('.'), n, total });
  grip(editor, row);
  make('span', 'condition-joiner', row, n > 1 ? words[JOINERS[mode]] : '');
  const values = make('span', 'condition-values', row);
  values.append(choice(editor, part, path));
  result(row);
  const buttons = make('span', 'condition-buttons', row);
  button(editor, buttons, path, 'up', 'arrow-up', words.up);
  button(editor, buttons, path, 'down', 'arrow-down', words.down);
  button(editor, buttons, path, 'wrap', 'arrow-right', words.wrap);
  button(editor, buttons, path, 'remove', 'trash', words.remove);
  drawValues(editor, row, part, path);
  return row;
}

/** The inputs of a condition; its own choice stays where it is, so that somebody may go on typing there. */
export function drawValues(editor, row, part, path) {
  const { words, questions } = editor;
  const condition = editor.conditions.get(part.condition);
  row.setAttribute('aria-label', fill(words.condition_of, { n: row.dataset.n, total: row.dataset.total, label: condition.label }));
  const values = row.querySelector('.condition-values');
  while (values.children.length > 1) values.lastElementChild.remove(); // the choice is not touched: it may have the focus
  for (const parameter of condition.parameters) {
    const change = value => editor.changed(path, parameter, value);
    const control = input(parameter, part[parameter.name], part, { questions, words, change });
    (control.matches('span') ? control.querySelector('input') : control).dataset.name = `${path.join('.')}:${parameter.name}`;
    values.append(control);
  }
}

function choice(editor, part, path) {
  const element = make('select', 'form-select condition-choice');
  element.setAttribute('aria-label', editor.words.condition);
  element.dataset.name = `${path.join('.')}:condition`;
  let heading = null, group = null;
  for (const one of editor.conditions.values()) {
    if (one.heading !== heading) {
      heading = one.heading;
      group = make('optgroup', '', element);
      group.label = heading;
    }
    make('option', '', group, one.label).value = one.name;
  }
  element.value = part.condition;
  element.addEventListener('change', () => editor.chosen(path, element.value));
  return element;
}

function mode(editor, group, path) {
  const element = make('select', 'form-select');
  element.setAttribute('aria-label', editor.words.how);
  element.dataset.name = `${path.join('.')}:mode`;
  for (const name of ['all', 'any', 'none']) make('option', '', element, editor.words[name]).value = name;
  element.value = group.mode;
  element.addEventListener('change', () => editor.read(path, element.value));
  return element;
}

function button(editor, parent, path, act, name, words, withWords = false) {
  const element = make('button', withWords ? 'btn btn-small' : 'icon-button', parent);
  element.type = 'button';
  element.dataset.name = `${path.join('.')}:${act}`;
  element.append(icon(name));
  make('span', withWords ? '' : 'visually-hidden', element, words);
  element.addEventListener('click', () => editor.act(path, act));
}

function grip(editor, parent) {
  const element = make('span', 'grip', parent);
  element.title = editor.words.drag;
  element.append(icon('grip-vertical'));
}

const result = parent => make('span', 'condition-result', parent);

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'ico');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${ICONS}#i-${name}`);
  svg.append(use);
  return svg;
}
