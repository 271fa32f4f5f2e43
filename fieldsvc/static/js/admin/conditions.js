// The editor of availability conditions: the JSON of a form, built from groups and conditions with mouse and keyboard.
// After each change the page's server says the sentence, what is impossible, and what each part is for a real record.
// An editor tells of every change with the event `conditions:changed`; `conditions:say` makes it ask again, and
// `conditions:questions` (detail: the questions) gives it other questions.
import { post, Refused } from '../staff/ask.js';
import { draggable } from './conditions/drag.js';
import { drawGroup, drawValues, fill, icon } from './conditions/draw.js';
import * as tree from './conditions/tree.js';
import { first } from './conditions/values.js';

const PAUSE = 300;

for (const root of document.querySelectorAll('[data-conditions]')) mount(root);

/** Make an editor of the markup of macros/conditions.html. */
export function mount(root) {
  const part = name => root.querySelector(`[data-conditions-${name}]`);
  const text = root.querySelector('textarea'), canvas = part('tree');
  const setup = JSON.parse(part('setup').textContent);
  const editor = {
    words: setup.words,
    questions: setup.questions,
    conditions: new Map(setup.conditions.map(one => [one.name, one])),
    act, chosen, changed, read,
  };
  let state, timer, asked = 0;
  try {
    state = tree.read(JSON.parse(text.value || '{}'));
    draw();
  } catch {
    return; // what was typed by hand cannot be read: it stays as it is, with its error
  }
  part('plain').hidden = true;
  canvas.hidden = false;
  [canvas.id, text.id] = [text.id, `${text.id}-text`]; // where the summary of errors leads to
  canvas.tabIndex = -1;
  draggable(canvas, (from, to, inside) => {
    const path = tree.put(state, from, to, inside);
    if (path) structural(path, 'up', said(path));
  });
  root.addEventListener('conditions:say', () => say());
  root.addEventListener('conditions:questions', event => { editor.questions = event.detail; draw(); });
  say();

  function act(path, name) {
    if (name === 'add') {
      const added = tree.add(state, path, fresh());
      return structural(added, 'condition', fill(setup.words.added, { label: editor.conditions.get(fresh().condition).label }));
    }
    if (name === 'group') {
      const group = { mode: tree.at(state, path).mode === 'any' ? 'all' : 'any', children: [fresh()] };
      return structural([...tree.add(state, path, group), 0], 'condition', '');
    }
    if (name === 'wrap') return structural(tree.wrap(state, path), 'condition', '');
    if (name === 'remove') {
      const left = tree.remove(state, path);
      return structural(left, left.length ? 'remove' : 'add', setup.words.removed);
    }
    const moved = tree.step(state, path, name === 'up' ? -1 : 1);
    return moved && structural(moved, name, said(moved));
  }

  function chosen(path, name) {
    const condition = editor.conditions.get(name), part = tree.at(state, path);
    const before = { ...part };
    for (const key of Object.keys(part)) delete part[key];
    part.condition = name;
    for (const parameter of condition.parameters) {
      part[parameter.name] = fits(parameter, before) ? before[parameter.name] : first(parameter, editor.questions);
    }
    drawValues(editor, canvas.querySelector(`.condition[data-path="${path.join('.')}"]`), part, path);
    keep();
  }

  function changed(path, parameter, value) {
    const part = tree.at(state, path);
    part[parameter.name] = value;
    if (parameter.kind === 'question') {
      const options = editor.questions.find(one => one.code === value)?.options ?? [];
      if ('value' in part && typeof part.value === 'string') part.value = options[0]?.value ?? '';
      if ('values' in part) part.values = options.slice(0, 1).map(option => option.value);
      return structural(path, parameter.name, '');
    }
    return keep();
  }

  function read(path, mode) {
    tree.at(state, path).mode = mode;
    structural(path, 'mode', '');
  }

  function fresh() {
    const [condition] = editor.conditions.values();
    const made = { condition: condition.name };
    for (const parameter of condition.parameters) made[parameter.name] = first(parameter, editor.questions);
    return made;
  }

  function said(path) {
    return fill(setup.words.moved, { n: path[path.length - 1] + 1, total: tree.parentOf(state, path).children.length });
  }

  function structural(path, control, status) {
    draw();
    canvas.querySelector(`[data-name="${path.join('.')}:${control}"]`)?.focus();
    part('status').textContent = status;
    keep();
  }

  function draw() {
    canvas.replaceChildren(drawGroup(editor, state, []));
  }

  function keep() {
    text.value = JSON.stringify(tree.write(state));
    root.dispatchEvent(new CustomEvent('conditions:changed', { bubbles: true }));
    clearTimeout(timer);
    timer = setTimeout(say, PAUSE);
  }

  async function say() {
    const number = ++asked;
    const about = new CustomEvent('conditions:asking', { bubbles: true, detail: {} }); // a page may add what it knows
    root.dispatchEvent(about);
    try {
      const answer = await post(root.dataset.says, {
        ...about.detail,
        tree: tree.write(state),
        subject: setup.subject,
        labels: Object.fromEntries(editor.questions.map(one => [one.code, one.label])),
        several: editor.questions.filter(one => one.kind === 'choices').map(one => one.code),
      });
      if (number === asked) show(answer);
    } catch (error) {
      if (number === asked) show({ sentence: error instanceof Refused && error.message || setup.words.no_connection, warnings: [], parts: {} });
    }
  }

  function show(answer) {
    part('sentence').textContent = answer.sentence;
    part('warnings').replaceChildren(...answer.warnings.map(words => {
      const item = document.createElement('li');
      item.append(icon('alert-triangle'), ` ${words}`);
      return item;
    }));
    for (const box of canvas.querySelectorAll('[data-path]')) {
      const path = box.dataset.path === '' ? [] : box.dataset.path.split('.').map(Number);
      const holds = answer.parts[tree.nameOf(state, path)];
      const result = box.querySelector(':scope > .condition-result, :scope > .condition-head > .condition-result');
      result.className = `condition-result${holds === undefined ? '' : holds ? ' is-true' : ' is-false'}`;
      result.replaceChildren(...(holds === undefined ? [] : [icon(holds ? 'check' : 'x'), holds ? setup.words.holds : setup.words.fails]));
      box.classList.toggle('is-deciding', Boolean(answer.decided) && answer.decided === tree.nameOf(state, path));
      box.classList.toggle('is-wrong', Boolean(answer.wrong) && answer.wrong.startsWith(`${tree.nameOf(state, path)}.`) && !tree.isGroup(tree.at(state, path)));
    }
    root.dispatchEvent(new CustomEvent('conditions:said', { bubbles: true, detail: answer }));
  }
}

function fits(parameter, before) {
  const value = before[parameter.name];
  if (value === undefined) return false;
  if (parameter.kind === 'choices') return Array.isArray(value) && value.every(one => parameter.options.some(option => option.value === one));
  if (parameter.kind === 'number') return Number.isInteger(value) && value >= parameter.lowest && value <= parameter.highest;
  if (parameter.kind === 'texts') return Array.isArray(value);
  return typeof value === 'string';
}
