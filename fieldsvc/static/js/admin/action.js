// The editor of a portal action: what is typed is tried on the server, on one intervention and on all that are open.
const form = document.querySelector('[data-action-form]');
const editor = form.querySelector('[data-conditions]');
const box = document.querySelector('[data-action-try]');
const sayAgain = () => editor.dispatchEvent(new Event('conditions:say'));
let timer;

if (box) box.hidden = false;

editor.addEventListener('conditions:asking', event => {
  const value = name => form.elements[name]?.value ?? '';
  Object.assign(event.detail, {
    is_on: form.elements.is_on.checked,
    notice_hours: value('notice_hours'),
    most_times: value('most_times'),
    intervention: box?.querySelector('[data-try=intervention]').value ?? '',
    at: box?.querySelector('[data-try=at]').value ?? '',
  });
});

editor.addEventListener('conditions:said', event => {
  document.querySelector('[data-action-effect]').textContent = event.detail.effect ?? '';
  if (!box) return;
  const verdict = box.querySelector('[data-try-verdict]');
  verdict.textContent = event.detail.verdict ?? '';
});

for (const name of ['is_on', 'notice_hours', 'most_times']) {
  form.elements[name]?.addEventListener('input', later);
}
box?.addEventListener('input', later);

function later() {
  clearTimeout(timer);
  timer = setTimeout(sayAgain, 300);
}

sayAgain(); // the editor said its sentence before this script could add what it knows
