/** Where one writes: text, a reply, a file, the bot's own keyboard. Keeps what was typed in each chat. */
import { element, icon, iconButton, name } from './dom.js';
import { Inline } from './inline.js';
import { replyKeyboard } from './keyboard.js';
import { sorry, toast } from './notices.js';
import { oneLine, senderName } from './oneline.js';
import { size } from './persian.js';
import * as server from './server.js';

const LARGEST_UPLOAD = 50 * 1024 * 1024;
const PLACEHOLDER = 'پیام';

export class Composer {
  /** `place` is the form to fill; `sent(message)` is told of each message the server took. */
  constructor(place, sent) {
    this.place = place;
    this.sent = sent;
    this.kept = new Map();
    this.chat = null;
    this.markup = null;
    this.box = element('textarea', { class: 'box', rows: 1, dir: 'auto', 'aria-label': 'نوشتن پیام', placeholder: PLACEHOLDER, enterkeyhint: 'send',
      oninput: () => this.changed(), onkeydown: (event) => this.keyed(event), onpaste: (event) => this.take(event.clipboardData.files, event) });
    this.picker = element('input', { type: 'file', class: 'unseen', id: 'picker', tabindex: -1, 'aria-label': 'انتخاب عکس یا پرونده', onchange: () => {
      this.take(this.picker.files);
      this.picker.value = '';
    } });
    this.sendButton = element('button', { type: 'submit', class: 'icon-button send', 'aria-label': 'فرستادن', title: 'فرستادن', disabled: true }, icon('send'));
    this.keysButton = iconButton('keys', 'صفحه‌کلید ربات', () => this.showKeys(this.keys.hidden), { 'aria-expanded': 'false', 'aria-controls': 'reply-keys' });
    this.above = element('div', { class: 'above' });
    this.keys = element('div', { class: 'reply-keys', id: 'reply-keys', role: 'group', 'aria-label': 'صفحه‌کلید ربات' });
    this.row = element('div', { class: 'write-row' }, iconButton('clip', 'پیوست عکس یا پرونده', () => this.picker.click()), this.picker, this.box, this.keysButton, this.sendButton);
    const offers = element('div', { class: 'offers', role: 'group', 'aria-label': 'پیشنهادهای ربات' });
    this.inline = new Inline(offers, (result) => this.choose(result));
    this.silence = element('p', { class: 'silence' });
    this.startButton = element('button', { type: 'button', class: 'start-button', onclick: () => this.say('/start') }, 'شروع');
    place.append(offers, this.above, this.row, this.keys, this.silence, this.startButton);
    place.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** Write in this chat; what was typed there before comes back. */
  open(chat) {
    this.keep();
    this.chat = chat;
    const before = this.kept.get(this.key()) ?? {};
    this.file = null;
    this.replyTo = before.replyTo ?? null;
    this.box.value = before.text ?? '';
    this.setMarkup(null);
    this.changed();
    this.drawAbove();
    this.showParts();
  }

  /** The newest keyboard the bot asked for here: a reply keyboard, a forced reply, or null. */
  setMarkup(message) {
    const markup = message?.reply_markup ?? null;
    this.markup = markup?.keyboard ? markup : null;
    this.keys.replaceChildren(...(this.markup ? replyKeyboard(this.markup, (text) => this.chooseKey(text)) : []));
    this.keysButton.hidden = this.markup === null;
    this.showKeys(this.markup !== null);
    this.box.placeholder = markup?.input_field_placeholder || PLACEHOLDER;
    if (markup?.force_reply) this.reply(message);
  }

  /** A private chat without a message yet shows one large button. */
  setEmpty(empty) {
    this.empty = empty;
    this.showParts();
  }

  /** Answer this message. */
  reply(message) {
    this.replyTo = message;
    this.drawAbove();
    this.box.focus({ preventScroll: true });
  }

  /** The message one was answering is gone. */
  forget(messageId) {
    if (this.replyTo?.message_id === messageId) this.cancelReply();
  }

  /** Put words in the box, ready to be finished. */
  prefill(text) {
    this.box.value = text;
    this.changed();
    this.box.focus();
  }

  /** Send these words at once (a command that was tapped, a key of the bot's keyboard). */
  async say(text, replyTo = null) {
    if (!this.chat.can_post) return;
    try {
      this.sent(await server.send(this.chat.id, text, replyTo));
    } catch (error) {
      sorry(error);
    }
  }

  /** Take the first of some files as the one to send. */
  take(files, event = null) {
    const file = files[0];
    if (!file || !this.chat?.can_post) return;
    event?.preventDefault();
    if (file.size > LARGEST_UPLOAD) {
      toast('این پرونده بزرگ‌تر از ۵۰ مگابایت است و فرستاده نمی‌شود.');
      return;
    }
    this.file = file;
    this.changed();
    this.drawAbove();
    this.box.focus();
  }

  keep() {
    if (this.chat) this.kept.set(this.key(), { text: this.box.value, replyTo: this.replyTo });
  }

  key() {
    return `${server.whoami().id}:${this.chat.id}`;
  }

  changed() {
    this.sendButton.disabled = !this.box.value.trim() && !this.file;
    this.box.style.height = 'auto';
    this.box.style.height = `${this.box.scrollHeight}px`;
    this.inline.typed(this.box.value);
  }

  /** Send what the bot offered. */
  async choose(result) {
    this.box.value = '';
    this.changed();
    try {
      this.sent(await server.choose(this.chat.id, result));
    } catch (error) {
      sorry(error);
    }
  }

  keyed(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'Escape' && (this.replyTo || this.file)) {
      event.stopPropagation();
      this.file = null;
      this.cancelReply();
      this.changed();
    }
  }

  cancelReply() {
    this.replyTo = null;
    this.box.placeholder = this.markup?.input_field_placeholder || PLACEHOLDER;
    this.drawAbove();
  }

  /** Send what is in the box; it comes back into the box if the server does not take it. */
  async submit() {
    const { chat, file, replyTo } = this;
    const text = this.box.value.trim();
    if (!text && !file) return;
    this.box.value = '';
    this.file = null;
    this.cancelReply();
    this.changed();
    this.place.setAttribute('aria-busy', 'true');
    try {
      this.sent(await (file ? server.upload(chat.id, file, text) : server.send(chat.id, text, replyTo?.message_id)));
    } catch (error) {
      sorry(error);
      if (this.chat === chat && !this.box.value) Object.assign(this, { file, replyTo });
      if (this.chat === chat && !this.box.value) this.box.value = text;
      this.drawAbove();
      this.changed();
    } finally {
      this.place.removeAttribute('aria-busy');
    }
  }

  chooseKey(text) {
    const inGroup = this.chat.type !== 'private';
    if (this.markup.one_time_keyboard) this.showKeys(false);
    this.say(text, inGroup ? this.replyTo?.message_id : null);
  }

  showKeys(shown) {
    this.keys.hidden = !shown;
    this.keysButton.setAttribute('aria-expanded', String(shown));
  }

  drawAbove() {
    this.above.replaceChildren();
    if (this.replyTo) this.above.append(strip('reply', 'بی‌خیال پاسخ', senderName(this.replyTo), oneLine(this.replyTo), () => this.cancelReply()));
    if (this.file) this.above.append(strip('file', 'برداشتن پیوست', this.file.name, size(this.file.size), () => {
      this.file = null;
      this.changed();
      this.drawAbove();
    }));
  }

  showParts() {
    const first = this.chat.can_post && this.empty && this.chat.type === 'private';
    this.row.hidden = !this.chat.can_post || first;
    this.startButton.hidden = !first;
    this.silence.hidden = this.chat.can_post;
    this.silence.textContent = this.chat.type === 'channel' ? 'شما مشترک این کانال هستید' : 'در این گفت‌وگو نمی‌توانید بنویسید';
  }
}

function strip(drawing, undo, title, line, onclick) {
  return element('div', { class: 'strip' }, icon(drawing),
    element('div', { class: 'strip-words' }, name(title, { class: 'strip-title' }), element('span', { class: 'strip-line', dir: 'auto' }, line)),
    iconButton('close', undo, onclick));
}
