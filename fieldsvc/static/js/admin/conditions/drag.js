// Dragging a condition or a group by its grip: before another one, or into a group.
export function draggable(root, put) {
  root.addEventListener('pointerdown', event => {
    const grip = event.target.closest('.grip');
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    const moved = grip.closest('[data-path]');
    moved.classList.add('is-dragged');
    let target = null;
    const over = move => {
      target?.classList.remove('is-over');
      target = document.elementFromPoint(move.clientX, move.clientY)?.closest('[data-path]');
      if (!target || !root.contains(target) || moved.contains(target)) target = null;
      target?.classList.add('is-over');
    };
    const end = () => {
      moved.classList.remove('is-dragged');
      target?.classList.remove('is-over');
      document.removeEventListener('pointermove', over);
      document.removeEventListener('pointerup', drop);
      document.removeEventListener('pointercancel', end);
      document.removeEventListener('keydown', cancel);
    };
    const cancel = key => { if (key.key === 'Escape') end(); };
    const drop = () => { const goal = target; end(); if (goal) put(pathOf(moved), pathOf(goal), goal.matches('.condition-group')); };
    document.addEventListener('pointermove', over);
    document.addEventListener('pointerup', drop);
    document.addEventListener('pointercancel', end);
    document.addEventListener('keydown', cancel);
  });
}

const pathOf = element => element.dataset.path === '' ? [] : element.dataset.path.split('.').map(Number);
