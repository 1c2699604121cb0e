/** Make DOM elements from plain data. Text goes in as text nodes, so nothing anybody wrote can become markup. */

/**
 * Make an element. `settings` are attributes; `on…` functions become listeners; null and false are left out.
 * Children are nodes or strings, nested arrays allowed, null left out.
 */
export function element(name, settings = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value === 'function') made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** A drawing from icons.svg; decoration only, so hidden from screen readers. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `/page/icons.svg#${name}`);
  drawing.append(use);
  return drawing;
}

/** A round or square button which shows only a drawing; `label` is what it is called. */
export function iconButton(name, label, onclick, more = {}) {
  return element('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...more }, icon(name));
}

/** A name somebody chose: isolated, so that its direction marks end with it. */
export function name(text, settings = {}) {
  return element('bdi', settings, text);
}

/** Tell whoever holds this element what the person wants; see main.js for who listens. */
export function wish(from, kind, detail) {
  from.dispatchEvent(new CustomEvent(`wish-${kind}`, { bubbles: true, detail }));
}
