// Comfort for the form builder: a code is proposed from the question, the preview follows what is typed, and leaving
// with something unsaved is asked about. Without it every button sends the page, and nothing is lost either.
import { follow } from '../portal/questions.js';
import { offer } from '../portal/signature.js';

const PAUSE = 400;

const form = document.querySelector('[data-builder]');
const preview = document.querySelector('[data-preview]');
if (form) build();

function build() {
  let timer, isDirty = false, asked = 0;
  const changed = () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  };
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('conditions:changed', changed);
  form.addEventListener('submit', () => { isDirty = false; });
  addEventListener('beforeunload', event => { if (isDirty) event.preventDefault(); });
  document.querySelector('.preview .segments')?.addEventListener('click', event => {
    const link = event.target.closest('[data-language]');
    if (!link) return;
    event.preventDefault();
    for (const one of link.parentElement.children) one.removeAttribute('aria-current');
    link.setAttribute('aria-current', 'true');
    form.elements.lang.value = link.dataset.language;
    draw();
  });
  proposeCode();
  if (matchMedia('(max-width: 48rem)').matches && !document.querySelector('.empty-row')) {
    document.querySelector('[data-palette]').open = false;
  }

  async function draw() {
    const mine = ++asked;
    const answer = await fetch(form.dataset.builder, { method: 'POST', body: new FormData(form), headers: { Accept: 'text/html' } });
    if (!answer.ok || mine !== asked) return;  // what is typed now cannot be shown; the page says why when it is saved
    preview.innerHTML = await answer.text();
    for (const part of preview.querySelectorAll('[data-questions]')) follow(part);
    for (const part of preview.querySelectorAll('[data-signature]')) offer(part);
  }
}

// The server makes the same of a question whose code is left empty (domain/catalogue/form_draft.py).
function proposeCode() {
  const code = form.elements.code;
  const question = form.querySelector('#label input');
  if (!code || !question || code.value) return;
  let proposed = '';
  question.addEventListener('input', () => {
    if (code.value !== proposed) return;
    const taken = new Set([...form.querySelectorAll('[name="order"]')].map(input => input.value));
    proposed = codeOf(question.value);
    for (let number = 2; taken.has(proposed); number += 1) proposed = `${codeOf(question.value)}_${number}`;
    code.value = proposed;
  });
}

const codeOf = text => text.normalize('NFKD').replace(/[^\x00-\x7f]/g, '').toLowerCase()
  .replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|[_0-9]+$/g, '').slice(0, 40).replace(/_+$/, '');
