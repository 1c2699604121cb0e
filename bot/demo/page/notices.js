/** Short words over the page: toasts, alerts which wait for a tap, and a photo seen large. */
import { element, iconButton } from './dom.js';

const TOAST_SECONDS = 5;

/** Show a sentence for a few seconds. */
export function toast(text) {
  const shown = element('div', { class: 'toast', dir: 'auto' }, text);
  document.getElementById('toasts').append(shown);
  setTimeout(() => shown.remove(), TOAST_SECONDS * 1000);
}

/** The server did not take it: say so kindly, and leave the details to the console. */
export function sorry(error) {
  console.warn(error);
  toast('انجام نشد. اگر برنامه هنوز روشن است، دوباره امتحان کنید.');
}

/** Show a sentence until the person closes it; `address` adds a link to open. */
export function alertBox(text, address = null) {
  const close = element('button', { type: 'button', class: 'plain-button', onclick: () => box.close() }, 'باشه');
  const open = address && element('a', { class: 'plain-button', href: address, target: '_blank', rel: 'noopener noreferrer', onclick: () => box.close() }, 'بازکردن پیوند');
  const box = dialog('alert', element('p', { class: 'alert-text', dir: 'auto', id: 'alert-text' }, text), element('div', { class: 'alert-buttons' }, open, close));
  box.setAttribute('role', 'alertdialog');
  box.setAttribute('aria-labelledby', 'alert-text');
  box.showModal();
}

/** Show a photo over the page. */
export function showPhoto(address, description) {
  const box = dialog('photo-view', iconButton('close', 'بستن', () => box.close()), element('img', { src: address, alt: description }));
  box.setAttribute('aria-label', 'عکس');
  box.addEventListener('click', () => box.close());
  box.showModal();
}

function dialog(kind, ...children) {
  const box = element('dialog', { class: kind, onclose: () => box.remove() }, ...children);
  document.body.append(box);
  return box;
}
