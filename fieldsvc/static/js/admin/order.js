// Lists whose rows can be ordered: by dragging the grip of a row, or with its buttons up and down.
// <ul data-orderly data-orderly-url="…"> sends { order: [ids] } after each change; without an address the rows are
// parts of a form, and the order of its inputs is what is sent with it. Without this script the buttons are sent.
import { post, Refused } from '../staff/ask.js';
import { toast } from '../staff/toast.js';

const STEPS = '[data-order]';

for (const list of document.querySelectorAll('[data-orderly]')) makeOrderly(list);

function makeOrderly(list) {
  const status = document.createElement('p');
  status.className = 'visually-hidden';
  status.setAttribute('role', 'status');
  list.after(status);
  for (const grip of list.querySelectorAll('.grip')) grip.hidden = false;

  list.addEventListener('click', event => {
    const button = event.target.closest(STEPS);
    if (!button || button.closest('[data-orderly]') !== list) return;
    event.preventDefault();
    const row = rowOf(list, button);
    const before = rowsOf(list);
    if (button.dataset.order === 'up') row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    changed(list, status, row, before);
    (button.disabled ? row.querySelector(`${STEPS}:not(:disabled)`) : button)?.focus();
  });

  list.addEventListener('pointerdown', event => {
    const grip = event.target.closest('.grip');
    if (!grip || event.button !== 0 || grip.closest('[data-orderly]') !== list) return;
    event.preventDefault();
    drag(list, rowOf(list, grip), status);
  });
}

// The other rows step aside: the dragged one stays in the document, or a finger would lose it.
function drag(list, row, status) {
  const before = rowsOf(list);
  row.classList.add('is-dragged');
  const over = event => {
    const above = row.previousElementSibling, below = row.nextElementSibling;
    if (above && event.clientY < middle(above)) row.after(above);
    else if (below && event.clientY > middle(below)) row.before(below);
  };
  const cancel = event => {
    if (event.type === 'keydown' && event.key !== 'Escape') return;
    list.append(...before);
    end();
  };
  const drop = () => { end(); changed(list, status, row, before); };
  const end = () => {
    row.classList.remove('is-dragged');
    document.removeEventListener('pointermove', over);
    document.removeEventListener('pointerup', drop);
    document.removeEventListener('pointercancel', cancel);
    document.removeEventListener('keydown', cancel);
  };
  document.addEventListener('pointermove', over);
  document.addEventListener('pointerup', drop);
  document.addEventListener('pointercancel', cancel);
  document.addEventListener('keydown', cancel);
}

async function changed(list, status, row, before) {
  const rows = rowsOf(list);
  refresh(rows);
  if (rows.every((one, place) => one === before[place])) return;
  list.dispatchEvent(new Event('change', { bubbles: true }));
  if (list.dataset.orderlyUrl && !await save(list, rows)) {
    list.append(...before);
    refresh(before);
    return;
  }
  status.textContent = (list.dataset.orderlySaid ?? '')
    .replace('%(name)s', row.dataset.name ?? '')
    .replace('%(n)s', rows.indexOf(row) + 1)
    .replace('%(total)s', rows.length);
}

async function save(list, rows) {
  try {
    await post(list.dataset.orderlyUrl, { order: rows.map(row => Number(row.dataset.id)) });
    return true;
  } catch (error) {
    toast((error instanceof Refused && error.message) || list.dataset.orderlyFailed);
    return false;
  }
}

function refresh(rows) {
  rows.forEach((row, place) => {
    for (const button of row.querySelectorAll(STEPS)) {
      button.disabled = place === (button.dataset.order === 'up' ? 0 : rows.length - 1);
    }
  });
}

const rowsOf = list => [...list.children];
const rowOf = (list, part) => rowsOf(list).find(row => row.contains(part));
const middle = row => { const box = row.getBoundingClientRect(); return box.top + box.height / 2; };
