// The board as it was last seen on the server. Whoever draws it listens; whoever changes it asks the server.
const read = id => JSON.parse(document.getElementById(id).textContent);

export const settings = read('board-settings');
let current = read('board-data');
let seenAt = Date.now();
let waiting = null;
let holds = 0;
const listeners = [];

export const board = () => current;

/** The present minute on this day's axis, or null on another day. */
export const minuteNow = () => (
  current.now === null ? null : current.now + Math.floor((Date.now() - seenAt) / 60000));

export function onShow(listener) {
  listeners.push(listener);
  listener(current);
}

/** Show a newer board, at once or when nobody holds the picture still. */
export function show(next) {
  if (holds) { waiting = next; return; }
  current = next;
  seenAt = Date.now();
  for (const listener of listeners) listener(current);
}

/** Hold the picture still while somebody drags; the function returned lets go. */
export function holdStill() {
  holds += 1;
  return () => {
    holds -= 1;
    if (!holds && waiting) { const next = waiting; waiting = null; show(next); }
  };
}

/** What is known of an intervention: planned on this day (with its row), or unscheduled (row is null).
 *  Of a crew, `technician` says whose row is meant. */
export function find(id, technician = null) {
  const mine = current.rows.filter(row => row.id === technician);
  for (const row of [...mine, ...current.rows]) {
    const visit = row.items.find(item => item.kind === 'visit' && item.intervention === id);
    if (visit) return { ...visit, row };
  }
  const open = current.unscheduled.find(item => item.intervention === id);
  return open ? { ...open, row: null } : null;
}

/** The intervention of an element of the board, on the row where the element is. */
export const itemOf = element => find(
  Number(element.dataset.id), Number(element.closest('.lane')?.dataset.technician) || null);

/** What the server needs to know of a place: of a crew also who comes with whom, and whose place is taken. */
export const placeOf = (visit, to) => ({
  technician: to.technician, day: to.day ?? current.day, begins: to.begins,
  technicians: to.technicians, instead_of: visit.row?.id,
});

export const nameOf = technician => current.rows.find(row => row.id === technician)?.name ?? '';

export const address = (name, id) => settings.urls[name].replace('/0', `/${id}`);
