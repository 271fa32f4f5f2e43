// Small helpers to make and place elements. Positions are custom properties: the page allows no inline style.
export function make(tag, className, parent, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

/** An icon drawn as a mask: one empty element, cheap enough for hundreds. */
export function mask(name, parent) {
  const element = make('i', `mask mask-${name}`, parent);
  element.setAttribute('aria-hidden', 'true');
  return element;
}

export function hidden(element) {
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** Place an element on the axis: from `begins`, for `minutes`. */
export function place(element, begins, minutes) {
  element.style.setProperty('--begins', begins);
  if (minutes !== undefined) element.style.setProperty('--minutes', minutes);
  return element;
}

/** A copy of <template id="name"> whose [data-slot] elements carry the values; an empty value removes its element. */
export function copy(name, values = {}) {
  const content = document.getElementById(name).content.cloneNode(true);
  for (const slot of content.querySelectorAll('[data-slot]')) {
    const value = values[slot.dataset.slot];
    if (value === undefined || value === null || value === '') (slot.closest('[data-whole]') ?? slot).remove();
    else if (value instanceof Node) slot.replaceChildren(value);
    else slot.textContent = value;
  }
  return content;
}
