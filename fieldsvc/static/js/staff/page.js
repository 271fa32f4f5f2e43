// Small behaviours of every staff page. What needs a script is hidden until it runs.
import './dialog.js';

for (const element of document.querySelectorAll('[data-needs-script],[data-theme-toggle]')) element.hidden = false;

// On a phone the navigation of the settings begins folded.
const fold = document.querySelector('[data-settings-fold]');
if (fold && matchMedia('(max-width: 48rem)').matches) fold.open = false;

document.querySelector('[data-theme-toggle]')?.addEventListener('click', () => {
  const root = document.documentElement;
  const theme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  Object.assign(root.dataset, { bsTheme: theme, theme: 'chosen' });
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
});

// An open menu closes with Escape and with a click elsewhere.
const menu = document.querySelector('[data-menu]');
document.addEventListener('click', event => { if (menu && !menu.contains(event.target)) menu.open = false; });
menu?.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
