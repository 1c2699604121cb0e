/**
 * Text with Telegram's entities → DOM. Offsets count UTF-16 units, as JavaScript strings do.
 * Entities: https://core.telegram.org/bots/api#messageentity
 */
import { element, wish } from './dom.js';
import { safeAddress, telegramPlace } from './links.js';

const SIMPLE = { bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's', code: 'code' };
const BLOCKS = new Set(['pre', 'blockquote', 'expandable_blockquote']);
const COLOURED = new Set(['hashtag', 'cashtag', 'email', 'phone_number', 'text_mention']);
const LONG_QUOTE = 140;

/** A fragment with the text, formatted. */
export function richText(text, entities = []) {
  const fragment = document.createDocumentFragment();
  fill(fragment, text, 0, text.length, [...entities].sort(outermostFirst));
  return fragment;
}

function outermostFirst(a, b) {
  return a.offset - b.offset || b.length - a.length || BLOCKS.has(b.type) - BLOCKS.has(a.type);
}

/** Put text[start…end] into `parent`; each entity takes those which begin inside it along. */
function fill(parent, text, start, end, entities) {
  let at = start;
  let afterBlock = false;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    let next = index + 1;
    while (next < entities.length && entities[next].offset < to) next += 1;
    if (from < to) {
      const block = BLOCKS.has(entity.type);
      addPlain(parent, text.slice(at, from), afterBlock, block);
      const { outside, inside } = shell(entity, text.slice(from, to));
      fill(inside, text, from, to, entities.slice(index + 1, next));
      parent.append(outside);
      at = to;
      afterBlock = block;
    }
    index = next;
  }
  addPlain(parent, text.slice(at, end), afterBlock, false);
}

/** A block breaks the line by itself: the line feeds which touch it would show as empty lines. */
function addPlain(parent, words, afterBlock, beforeBlock) {
  let shown = afterBlock ? words.replace(/^\n/, '') : words;
  if (beforeBlock) shown = shown.replace(/\n$/, '');
  if (shown) parent.append(shown);
}

/** The element of an entity, and the element inside it which takes the text. */
function shell(entity, covered) {
  const { type } = entity;
  if (SIMPLE[type]) return whole(element(SIMPLE[type], type === 'code' ? { dir: 'auto' } : {}));
  if (type === 'pre') return codeBlock(entity);
  if (type === 'spoiler') return spoiler();
  if (type === 'blockquote') return whole(element('blockquote'));
  if (type === 'expandable_blockquote') return covered.length > LONG_QUOTE ? longQuote() : whole(element('blockquote'));
  if (type === 'url' || type === 'text_link') return whole(link(type === 'url' ? covered : entity.url, type === 'text_link'));
  if (type === 'mention') return whole(inPage(covered, 'place', { username: covered.slice(1).toLowerCase(), message: null, start: null }));
  if (type === 'bot_command') return whole(inPage(covered, 'command', covered));
  return whole(element('span', COLOURED.has(type) ? { class: 'tag' } : {}));
}

const whole = (made) => ({ outside: made, inside: made });

/** A link to the world; one that points into this Telegram is followed here. Text in place of unsafe ones. */
function link(written, disguised) {
  const address = safeAddress(written ?? '');
  if (address === null) return element('span');
  const place = telegramPlace(address);
  const follow = (event) => {
    if (place === null) return;
    event.preventDefault();
    wish(event.currentTarget, 'place', { ...place, address });
  };
  return element('a', {
    href: address, target: '_blank', rel: 'noopener noreferrer', title: disguised ? address : null, onclick: follow,
  });
}

function inPage(words, kind, detail) {
  return element('a', { href: '#', role: 'button', class: 'tag', onclick: (event) => {
    event.preventDefault();
    wish(event.currentTarget, kind, detail);
  } });
}

function codeBlock(entity) {
  const inside = element('code');
  const head = entity.language ? element('span', { class: 'language' }, element('bdi', {}, entity.language)) : null;
  return { outside: element('div', { class: 'code-block' }, head, element('pre', { dir: 'ltr', tabindex: 0 }, inside)), inside };
}

/** Hidden text; its contents cannot be reached before it is opened. All of a message open together, as in Telegram. */
function spoiler() {
  const inside = element('span', { inert: true });
  const outside = element('span', { class: 'spoiler', role: 'button', tabindex: 0, 'aria-label': 'متن پنهان؛ برای دیدن بزنید' }, inside);
  const open = () => {
    for (const hidden of (outside.closest('.message') ?? outside.parentElement).querySelectorAll('.spoiler')) reveal(hidden);
  };
  outside.addEventListener('click', open);
  outside.addEventListener('keydown', (event) => {
    if (event.target === outside && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      open();
    }
  });
  return { outside, inside };
}

function reveal(hidden) {
  hidden.classList.add('open');
  for (const attribute of ['role', 'tabindex', 'aria-label']) hidden.removeAttribute(attribute);
  hidden.firstElementChild.inert = false;
}

function longQuote() {
  const inside = element('div', { class: 'folded' });
  const toggle = element('button', { type: 'button', class: 'unfold', 'aria-expanded': 'false', onclick: () => {
    const open = inside.classList.toggle('folded') === false;
    toggle.setAttribute('aria-expanded', String(open));
    toggle.textContent = open ? 'جمع‌کردن' : 'ادامهٔ نقل‌قول';
  } }, 'ادامهٔ نقل‌قول');
  return { outside: element('blockquote', {}, inside, toggle), inside };
}
