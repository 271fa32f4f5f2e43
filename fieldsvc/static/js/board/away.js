// The dialog for a technician who is ill, opened for one of them.
const dialog = document.getElementById('away');

export function openAway(visit) {
  if (!visit.row) return;
  dialog.querySelector('select').value = visit.row.id;
  dialog.showModal();
}
