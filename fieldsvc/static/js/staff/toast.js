// One short message at a time, read out politely; it waits while somebody is on it.
import { make } from './dom.js';

const SECONDS = 10;
const box = document.querySelector('[data-toasts]');
let timer;

const leaveLater = toast => {
  clearTimeout(timer);
  timer = setTimeout(() => toast.remove(), SECONDS * 1000);
};

/** Say `text`; `action` is an optional [label, function] offered as a button. */
export function toast(text, action) {
  const message = make('div', 'toast-line');
  make('span', '', message, text);
  if (action) {
    const [label, run] = action;
    const button = make('button', '', message, label);
    button.type = 'button';
    button.addEventListener('click', () => { message.remove(); run(); });
  }
  message.addEventListener('pointerenter', () => clearTimeout(timer));
  message.addEventListener('pointerleave', () => leaveLater(message));
  message.addEventListener('focusin', () => clearTimeout(timer));
  message.addEventListener('focusout', () => leaveLater(message));
  box.replaceChildren(message);
  leaveLater(message);
}
