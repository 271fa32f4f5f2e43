// Codes in texts: found by their words, put in at the cursor of the field that was used last, and shown filled in.
import { get } from '../staff/ask.js';

const PAUSE = 350;

for (const picker of document.querySelectorAll('[data-codes]:not([data-codes-ready])')) {
  picker.dataset.codesReady = '';
  start(picker);
}

function start(picker) {
  const scope = picker.closest('form') ?? document;
  const targets = JSON.parse(picker.dataset.targets);
  const fields = () => [...scope.querySelectorAll('input, textarea')].filter((field) => targetOf(field, targets));
  let last = null;

  scope.addEventListener('focusin', (event) => {
    if (targetOf(event.target, targets)) last = event.target;
  });
  picker.addEventListener('click', (event) => {
    const button = event.target.closest('[data-code]');
    if (button) putIn(last?.isConnected ? last : fields()[0], button.dataset.code, picker);
  });
  find(picker);
  preview(picker, scope, targets, fields);
}

/** What the text of a field becomes; a text in several languages has one field a language. */
function targetOf(field, targets) {
  const name = Object.keys(targets).find((id) => field.id === id || (field.lang && field.id === `${id}-${field.lang}`));
  return name && targets[name];
}

function putIn(field, code, picker) {
  if (!field) return;
  const text = `{${code}}`;
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const said = picker.querySelector('[data-codes-said]');
  said.textContent = said.dataset.words.replace('{0}', text);
}

/** The list shows the codes whose name or words have what is typed; the arrow keys go through them. */
function find(picker) {
  const box = picker.querySelector('[data-codes-filter]');
  const input = box.querySelector('input');
  const shown = () => [...picker.querySelectorAll('[data-code]')].filter((code) => !code.closest('[hidden]'));
  box.hidden = false;
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    for (const item of picker.querySelectorAll('.codes-list li')) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
    for (const group of picker.querySelectorAll('[data-codes-group]')) {
      group.hidden = !group.querySelector('li:not([hidden])');
    }
  });
  picker.querySelector('.codes-list').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === input) {
      event.preventDefault(); // the form is not sent by looking for a code
      shown()[0]?.click();
      return;
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const codes = shown();
    const at = codes.indexOf(document.activeElement);
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    event.preventDefault();
    (codes[next] ?? (next < 0 ? input : codes.at(-1)))?.focus();
  });
}

function preview(picker, scope, targets, fields) {
  const shown = picker.querySelector('[data-codes-shown]');
  const about = picker.querySelector('[data-codes-about]');
  const list = picker.querySelector('datalist');
  let timer = 0;
  let newest = 0;

  async function show() {
    newest += 1;
    const mine = newest;
    const texts = fields()
      .filter((field) => field.value.trim())
      .map((field) => ({ label: labelOf(field), target: targetOf(field, targets), text: field.value, locale: field.lang }));
    const reply = await fetch(picker.dataset.preview, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content },
      body: JSON.stringify({ place: picker.dataset.place, about: about.value.trim(), texts }),
    });
    // The server wrote this piece of the page and escaped what is in it.
    if (reply.ok && mine === newest) shown.innerHTML = await reply.text();
  }
  async function offer() {
    const found = await get(`${picker.dataset.search}?q=${encodeURIComponent(about.value.trim())}`);
    list.replaceChildren(...found.map((one) => new Option(one.words, one.reference)));
  }
  const soon = (work) => {
    clearTimeout(timer);
    timer = setTimeout(() => work().catch(() => {}), PAUSE); // what was shown stays while the server is away
  };

  picker.querySelector('[data-codes-button]')?.remove();
  scope.addEventListener('input', (event) => {
    if (targetOf(event.target, targets)) soon(show);
  });
  about.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault(); // the form is not sent by looking for a visit
  });
  about.addEventListener('input', () => soon(async () => { await offer(); await show(); }));
  if (!shown.hasChildNodes()) soon(show);
}

function labelOf(field) {
  const legend = field.closest('fieldset')?.querySelector('legend')?.textContent;
  return [legend, field.labels[0]?.textContent].filter(Boolean).map((words) => words.trim()).join(', ');
}
