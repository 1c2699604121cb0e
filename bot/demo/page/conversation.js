/** One open chat: its messages in order, kept live, older ones loaded on scroll, and the way to write. */
import { Composer } from './composer.js';
import { element, icon, iconButton, name, wish } from './dom.js';
import { avatar, draftView, messageView } from './message.js';
import { sorry, toast } from './notices.js';
import { oneLine, senderId } from './oneline.js';
import { count, dayName } from './persian.js';
import * as server from './server.js';

const PAGE = 50;
const MOST_SHOWN = 400;
const NEAR_END = 80;
const GROUPED_SECONDS = 600;
const TYPING_SECONDS = 6;
const DRAFT_SECONDS = 30;
const PAGES_TO_SEARCH = 20;

const ACTIONS = {
  typing: 'در حال نوشتن',
  upload_photo: 'در حال فرستادن عکس',
  upload_document: 'در حال فرستادن پرونده',
  find_location: 'در حال یافتن مکان',
};

export class Conversation {
  /** `place` is the section to fill. */
  constructor(place) {
    this.place = place;
    this.chat = null;
    this.title = element('h2', { class: 'chat-title' });
    this.subtitle = element('p', { class: 'chat-subtitle', 'aria-live': 'polite' });
    this.face = element('span', { class: 'face' });
    this.pinnedBar = element('button', { type: 'button', class: 'pinned-bar', hidden: true, onclick: () => this.followPin() });
    this.list = element('div', { class: 'messages', role: 'log', 'aria-label': 'پیام‌ها' });
    this.edge = element('div', { class: 'edge' });
    this.scroller = element('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'پیام‌های گفت‌وگو', onscroll: () => this.scrolled() }, this.edge, this.list);
    this.downCount = element('span', { class: 'badge', hidden: true });
    this.down = element('button', { type: 'button', class: 'to-end', hidden: true, 'aria-label': 'رفتن به آخرین پیام', onclick: () => this.toEnd(true) }, icon('down'), this.downCount);
    const form = element('form', { class: 'composer', 'aria-label': 'نوشتن پیام', autocomplete: 'off' });
    this.composer = new Composer(form, (message) => {
      this.put(message);
      this.toEnd(true);
    });
    place.append(
      element('div', { class: 'bar' }, iconButton('back', 'بازگشت به گفت‌وگوها', (event) => wish(event.currentTarget, 'leave')), this.face, element('div', { class: 'titles' }, this.title, this.subtitle)),
      this.pinnedBar, element('div', { class: 'middle' }, this.scroller, this.down), form);
    place.addEventListener('wish-reply', (event) => this.composer.reply(event.detail));
    place.addEventListener('wish-jump', (event) => this.jump(event.detail));
    place.addEventListener('wish-command', (event) => this.composer.say(event.detail));
    place.addEventListener('dragover', (event) => event.preventDefault());
    place.addEventListener('drop', (event) => this.composer.take(event.dataTransfer.files, event));
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.loadOlder(), { root: this.scroller, rootMargin: '300px 0px' }).observe(this.edge);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.scroller);
  }

  /** Show a chat, at its newest message. */
  async open(chat) {
    this.chat = chat;
    this.messages = new Map();
    this.drafts = new Map();
    this.complete = false;
    this.atEnd = true;
    this.lastTop = 0;
    this.missed = 0;
    this.pins = [];
    this.list.replaceChildren();
    this.title.replaceChildren(name(chat.title));
    this.face.replaceChildren(avatar(chat.title, chat.id));
    this.pinnedBar.hidden = true;
    this.restSubtitle();
    this.place.hidden = false;
    this.place.setAttribute('aria-label', `گفت‌وگو: ${chat.title}`);
    this.composer.empty = false;
    this.composer.open(chat);
    await this.reload();
  }

  /** Nothing is open any more. */
  close() {
    if (this.chat) this.composer.keep();
    this.chat = null;
    this.place.hidden = true;
  }

  /** Take the newest page from the server in place of what is shown. Events which arrive meanwhile are kept and follow. */
  async reload() {
    const { chat } = this;
    this.pending = [];
    this.list.setAttribute('aria-busy', 'true');
    try {
      const newest = await server.messages(chat.id, { limit: PAGE });
      if (this.chat !== chat) return;
      this.messages = new Map(newest.map((message) => [message.message_id, message]));
      this.complete = newest.length < PAGE;
      this.list.replaceChildren(...newest.map((message) => messageView(message, chat)));
      this.arrange();
      this.toEnd();
      await this.showPins(chat.pinned);
    } catch (error) {
      sorry(error);
    } finally {
      if (this.chat === chat) this.catchUp();
    }
  }

  catchUp() {
    const pending = this.pending ?? [];
    this.pending = null;
    for (const [kind, event] of pending) this.apply(kind, event);
    this.list.removeAttribute('aria-busy');
    this.afterChange();
  }

  /** Let an event of this chat be seen. */
  apply(kind, event) {
    if (this.pending) this.pending.push([kind, event]);
    else if (kind === 'message') this.receive(event.message);
    else if (kind === 'edited' || kind === 'poll') this.refresh(event.message);
    else if (kind === 'deleted') this.remove(event.message_id);
    else if (kind === 'typing') this.showAction(event.action);
    else if (kind === 'draft') this.showDraft(event);
  }

  /** The chat itself changed (its pins, rights or title). */
  update(chat) {
    this.chat = chat;
    this.showPins(chat.pinned);
    this.composer.chat = chat;
    this.composer.showParts();
  }

  receive(message) {
    const known = this.messages.has(message.message_id);
    if (!message.demo.mine) this.endDrafts();
    this.put(message);
    if (!known && !this.atEnd && !message.demo.mine) {
      this.missed += 1;
      this.showDown();
    }
  }

  /** Show what became of a message that is on the page; others will be loaded as they are by then. */
  refresh(message) {
    if (this.messages.has(message.message_id)) this.put(message);
  }

  /** Draw a message at its place, in place of its older form if there is one. */
  put(message) {
    if (message.chat.id !== this.chat?.id) return;
    const id = message.message_id;
    const old = this.articleOf(id);
    const drawn = messageView(message, this.chat);
    this.messages.set(id, message);
    this.keepingPlace(() => {
      if (old) replaceKeepingFocus(old, drawn);
      else this.insert(drawn, id);
      this.arrange();
    });
    if (!old) drawn.classList.add('new');
    this.dropOldest();
    this.afterChange();
  }

  /** A page left open for days keeps what is near the end; the rest comes back on scroll. */
  dropOldest() {
    if (!this.atEnd || this.messages.size <= MOST_SHOWN) return;
    const ids = [...this.messages.keys()].sort((a, b) => a - b).slice(0, this.messages.size - MOST_SHOWN / 2);
    for (const id of ids) {
      this.messages.delete(id);
      this.articleOf(id)?.remove();
    }
    this.complete = false;
    this.arrange();
    this.toEnd();
  }

  insert(drawn, id) {
    const later = [...this.list.children].find((child) => child.classList.contains('writing') || Number(child.dataset.id) > id);
    this.list.insertBefore(drawn, later ?? null);
  }

  remove(id) {
    this.messages.delete(id);
    this.composer.forget(id);
    this.keepingPlace(() => {
      this.articleOf(id)?.remove();
      this.arrange();
    });
    this.afterChange();
  }

  articleOf(id) {
    return this.list.querySelector(`[data-id="${Number(id)}"]`);
  }

  afterChange() {
    this.composer.setEmpty(this.messages.size === 0 && this.drafts.size === 0);
    const asking = [...this.messages.values()].sort((a, b) => b.message_id - a.message_id).find(asksForKeyboard);
    if (asking !== this.asking) this.composer.setMarkup(asking?.reply_markup?.remove_keyboard ? null : this.unanswered(asking));
    this.asking = asking;
    this.markRead();
  }

  /** What is open and on the screen has been read. */
  markRead() {
    if (this.chat && !document.hidden) wish(this.place, 'read', { chat: this.chat.id, upTo: Math.max(0, ...this.messages.keys()) });
  }

  /** A forced reply asks once: not again when the chat is opened after one has answered. */
  unanswered(asking) {
    if (!asking?.reply_markup?.force_reply) return asking ?? null;
    const answered = [...this.messages.values()].some((message) => message.demo.mine && message.message_id > asking.message_id);
    return answered ? null : asking;
  }

  /** Days above messages, and which bubbles of one sender hang together. */
  arrange() {
    for (const old of this.list.querySelectorAll('.day')) old.remove();
    let before = null;
    for (const article of [...this.list.querySelectorAll('.message[data-id]')]) {
      const message = this.messages.get(Number(article.dataset.id));
      const newDay = before === null || dayName(before.message.date) !== dayName(message.date);
      if (newDay) article.before(element('p', { class: 'day', 'data-day': '' }, element('span', { class: 'pill' }, dayName(message.date))));
      const joined = !newDay && belongTogether(before.message, message);
      article.classList.toggle('first', !joined);
      article.classList.add('last');
      if (joined) before.article.classList.remove('last');
      before = { message, article };
    }
  }

  async loadOlder() {
    if (!this.chat || this.complete || this.loading || this.pending || this.messages.size === 0) return;
    const { chat } = this;
    this.loading = true;
    try {
      const older = await server.messages(chat.id, { before: Math.min(...this.messages.keys()), limit: PAGE });
      if (this.chat?.id !== chat.id) return;
      this.complete = older.length < PAGE;
      for (const message of older) this.messages.set(message.message_id, message);
      this.keepingPlace(() => {
        this.list.prepend(...older.map((message) => messageView(message, this.chat)));
        this.arrange();
      });
    } catch (error) {
      sorry(error);
    } finally {
      this.loading = false;
    }
  }

  /** Scroll to a message and point at it, loading what lies between. */
  async jump(id) {
    for (let page = 0; page < PAGES_TO_SEARCH && !this.articleOf(id) && !this.complete; page += 1) await this.loadOlder();
    const article = this.articleOf(id);
    if (!article) {
      toast('این پیام دیگر در گفت‌وگو نیست.');
      return;
    }
    this.atEnd = false;
    article.scrollIntoView({ block: 'center', behavior: calm() ? 'auto' : 'smooth' });
    article.focus({ preventScroll: true });
    article.classList.add('pointed');
    setTimeout(() => article.classList.remove('pointed'), 1800);
  }

  /** Change the list without moving what the person is reading. */
  keepingPlace(change) {
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = this.atEnd ? null : [...this.list.children].find((child) => child.getBoundingClientRect().bottom > top && child.dataset.id);
    const id = anchor?.dataset.id;
    const was = anchor?.getBoundingClientRect().top;
    change();
    const still = id && this.articleOf(id);
    if (this.atEnd) this.toEnd();
    else if (still) this.scroller.scrollTop += still.getBoundingClientRect().top - was;
  }

  /** Only a person's scrolling up leaves the end; growing pictures and keyboards do not. */
  scrolled() {
    const rest = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    const up = this.scroller.scrollTop < this.lastTop - 1;
    this.lastTop = this.scroller.scrollTop;
    if (rest < NEAR_END) this.atEnd = true;
    else if (up) this.atEnd = false;
    if (this.atEnd) this.missed = 0;
    this.showDown();
  }

  showDown() {
    this.down.hidden = this.atEnd;
    this.downCount.hidden = this.missed === 0;
    this.downCount.textContent = count(this.missed);
  }

  toEnd(smoothly = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smoothly && !calm() ? 'smooth' : 'auto' });
  }

  restSubtitle() {
    this.subtitle.classList.remove('acting');
    this.subtitle.textContent = this.chat?.subtitle ?? '';
  }

  showAction(action) {
    this.subtitle.classList.add('acting');
    this.subtitle.textContent = `${ACTIONS[action] ?? ACTIONS.typing}…`;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.restSubtitle(), TYPING_SECONDS * 1000);
  }

  /** Text the bot is still writing; each draft grows in its own bubble until the message itself arrives. */
  showDraft(draft) {
    const drawn = draftView(draft);
    const old = this.drafts.get(draft.draft_id);
    clearTimeout(old?.timer);
    this.keepingPlace(() => (old ? old.article.replaceWith(drawn) : this.list.append(drawn)));
    const timer = setTimeout(() => this.endDrafts(), DRAFT_SECONDS * 1000);
    this.drafts.set(draft.draft_id, { article: drawn, timer });
    this.composer.setEmpty(false);
  }

  endDrafts() {
    clearTimeout(this.typingTimer);
    this.restSubtitle();
    for (const { article, timer } of this.drafts.values()) {
      clearTimeout(timer);
      article.remove();
    }
    this.drafts.clear();
  }

  /** The bar under the title: the newest pinned message first, the next older one with each tap. */
  async showPins(ids) {
    const { chat } = this;
    const pins = await Promise.all([...ids].sort((a, b) => b - a).map((id) => this.find(id)));
    if (this.chat?.id !== chat.id) return;
    this.pins = pins.filter(Boolean);
    this.pinAt = 0;
    this.drawPin();
  }

  async find(id) {
    if (this.messages.has(id)) return this.messages.get(id);
    const [found] = await server.messages(this.chat.id, { before: id + 1, limit: 1 });
    return found?.message_id === id ? found : null;
  }

  drawPin() {
    const pin = this.pins[this.pinAt];
    this.pinnedBar.hidden = pin === undefined;
    if (!pin) return;
    const title = this.pins.length > 1 ? `پیام سنجاق‌شدهٔ ${count(this.pins.length - this.pinAt)}` : 'پیام سنجاق‌شده';
    this.pinnedBar.replaceChildren(icon('pin'), element('span', { class: 'strip-words' },
      element('span', { class: 'strip-title' }, title), element('span', { class: 'strip-line', dir: 'auto' }, oneLine(pin))));
  }

  followPin() {
    this.jump(this.pins[this.pinAt].message_id);
    this.pinAt = (this.pinAt + 1) % this.pins.length;
    this.drawPin();
  }
}

/** Does the bot ask for a keyboard of its own with this message? Inline keyboards are not meant. */
function asksForKeyboard(message) {
  const markup = message.reply_markup;
  return Boolean(markup && (markup.keyboard || markup.force_reply || markup.remove_keyboard));
}

function belongTogether(earlier, later) {
  const plain = (message) => !message.pinned_message && !message.new_chat_members && !message.left_chat_member;
  return plain(earlier) && plain(later) && senderId(earlier) === senderId(later) && later.date - earlier.date < GROUPED_SECONDS;
}

/** A button that had the focus has it again in the new drawing, so that a keyboard user is not thrown out. */
function replaceKeepingFocus(old, drawn) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const open = old.querySelector('.spoiler.open') !== null;
  old.replaceWith(drawn);
  if (open) drawn.querySelector('.spoiler')?.click();
  if (!focused) return;
  const press = focused.dataset.press;
  const again = press ? drawn.querySelector(`[data-press="${CSS.escape(press)}"]`) : null;
  (again ?? drawn).focus({ preventScroll: true });
}

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
