// Shows a part of a form only while the control it goes by has its value; without this script every part is shown.
for (const part of document.querySelectorAll('[data-shown-by]')) {
  const form = part.closest('form');
  const control = form.elements[part.dataset.shownBy];
  const refresh = () => { part.hidden = control.value !== part.dataset.shownFor; };
  form.addEventListener('change', refresh);
  refresh();
}
