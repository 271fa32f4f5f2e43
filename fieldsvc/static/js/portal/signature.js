// A field to draw a signature in; the drawing is sent as a picture. Without this script one types the name.
const WIDTH = 600, HEIGHT = 200, LINE = 3;

for (const part of document.querySelectorAll('[data-signature]')) offer(part);

export function offer(part) {
  const words = JSON.parse(part.dataset.words);
  const file = part.querySelector('input[type="file"]');
  const pad = document.createElement('canvas');
  Object.assign(pad, { width: WIDTH, height: HEIGHT, className: 'signature-pad' });
  pad.setAttribute('role', 'img');
  pad.setAttribute('aria-label', words.draw);
  const clear = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: words.clear });
  const caption = Object.assign(document.createElement('p'), { className: 'form-hint', textContent: words.draw });
  file.before(caption, pad, clear);

  const pen = pad.getContext('2d');
  wipe();
  let last = null;

  pad.addEventListener('pointerdown', event => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    last = at(event);
    draw(last);
  });
  pad.addEventListener('pointermove', event => { if (last) draw(at(event)); });
  pad.addEventListener('pointerup', () => { last = null; pad.toBlob(send, 'image/png'); });
  pad.addEventListener('pointercancel', () => { last = null; });
  clear.addEventListener('click', () => { wipe(); send(null); });

  function at(event) {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) * WIDTH / box.width, (event.clientY - box.top) * HEIGHT / box.height];
  }

  function draw(to) {
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...to);
    pen.stroke();
    last = to;
  }

  function wipe() {
    Object.assign(pen, { fillStyle: '#fff', strokeStyle: '#111', lineWidth: LINE, lineCap: 'round' });
    pen.fillRect(0, 0, WIDTH, HEIGHT);
  }

  // The drawing goes into an input for files, so that it is sent as any other one.
  function send(picture) {
    const held = new DataTransfer();
    if (picture) held.items.add(new File([picture], 'signature.png', { type: 'image/png' }));
    file.files = held.files;
    part.classList.toggle('is-signed', Boolean(picture));
    file.dispatchEvent(new Event('change', { bubbles: true }));
  }
}
