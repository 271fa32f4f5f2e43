// The inputs of a condition's parameters, by their kind. Each tells `change` the new value.
import { make } from '../../staff/dom.js';

/** The value a new condition begins with. */
export function first(parameter, questions) {
  const { kind, options, lowest, highest } = parameter;
  if (kind === 'number') return Math.min(Math.max(lowest, highest >= 24 ? 24 : 1), highest);
  if (kind === 'choice') return options[0].value;
  if (kind === 'choices') return [options[0].value];
  if (kind === 'texts') return [];
  if (kind === 'day') return new Date().toISOString().slice(0, 10);
  if (kind === 'question') return questions[0]?.code ?? '';
  return '';
}

export function input(parameter, value, part, { questions, words, change }) {
  const asked = questions.find(question => question.code === part.field);
  const options = asked?.options ?? [];
  if (parameter.kind === 'question' && questions.length) {
    return select(parameter, questions.map(one => ({ value: one.code, label: one.label })), value, words, change);
  }
  if (parameter.kind === 'text' && options.length) return select(parameter, options, value, words, change);
  if (parameter.kind === 'texts' && options.length) return ticks(parameter, options, value, change);
  if (parameter.kind === 'choice') return select(parameter, parameter.options, value, words, change);
  if (parameter.kind === 'choices') return ticks(parameter, parameter.options, value, change);
  return typed(parameter, value, words, change);
}

function select(parameter, options, value, words, change) {
  const element = make('select', 'form-select');
  element.setAttribute('aria-label', parameter.label);
  if (!options.some(option => option.value === value)) make('option', '', element, value || words.choose).value = value;
  for (const option of options) make('option', '', element, option.label).value = option.value;
  element.value = value;
  element.addEventListener('change', () => change(element.value));
  return element;
}

function ticks(parameter, options, values, change) {
  const box = make('span', 'condition-ticks');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', parameter.label);
  for (const option of options) {
    const label = make('label', 'condition-tick', box);
    const tick = make('input', '', label);
    tick.type = 'checkbox';
    tick.value = option.value;
    tick.checked = values.includes(option.value);
    make('span', '', label, option.label);
  }
  box.addEventListener('change', () => change([...box.querySelectorAll(':checked')].map(tick => tick.value)));
  return box;
}

function typed(parameter, value, words, change) {
  const element = make('input', 'form-control');
  element.type = { number: 'number', day: 'date' }[parameter.kind] ?? 'text';
  element.setAttribute('aria-label', parameter.label);
  if (parameter.kind === 'number') Object.assign(element, { min: parameter.lowest, max: parameter.highest, step: 1 });
  if (parameter.kind === 'texts') element.placeholder = words.several_texts;
  element.value = parameter.kind === 'texts' ? value.join(', ') : value;
  element.addEventListener('input', () => change(valueOf(parameter, element.value)));
  return element;
}

function valueOf(parameter, text) {
  if (parameter.kind === 'number') return text === '' ? null : Number(text);
  if (parameter.kind === 'texts') return text.split(',').map(one => one.trim()).filter(Boolean);
  return text;
}
