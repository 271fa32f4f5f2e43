// Modal dialogs: a button with data-opens shows one, a button with data-closes leaves it, a click outside too.
const opener = event => event.target.closest('[data-opens]');

document.addEventListener('click', event => {
  const button = opener(event);
  if (button) document.getElementById(button.dataset.opens).showModal();
  if (event.target.closest('[data-closes]')) event.target.closest('dialog').close();
  if (event.target.matches('dialog')) event.target.close();
});
