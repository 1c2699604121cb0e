/** The list of chats with the last message of each and how many are unread. */
import { element, icon, name } from './dom.js';
import { avatar } from './message.js';
import { oneLine, senderName } from './oneline.js';
import { count, recently } from './persian.js';
import * as server from './server.js';

const LOOK_BACK = 50;

export class ChatList {
  /** `place` is the list to fill; `choose(chat)` is called with the chat one taps. */
  constructor(place, choose) {
    this.place = place;
    this.choose = choose;
    this.chats = new Map();
    this.recent = new Map();
  }

  /** Ask the server which chats there are, and what is newest in each. */
  async load() {
    const chats = await server.chats();
    const newest = await Promise.all(chats.map((chat) => server.messages(chat.id, { limit: LOOK_BACK })));
    this.chats = new Map(chats.map((chat) => [chat.id, chat]));
    this.recent = new Map(chats.map((chat, index) => [chat.id, newest[index]]));
    this.draw();
  }

  chat(id) {
    return this.chats.get(id) ?? null;
  }

  /** The chat with this @username (in small letters), or null. */
  named(username) {
    return [...this.chats.values()].find((chat) => chat.username?.toLowerCase() === username) ?? null;
  }

  apply(kind, event) {
    const known = this.recent.get(event.chat_id) ?? [];
    if (kind === 'deleted') this.recent.set(event.chat_id, known.filter((message) => message.message_id !== event.message_id));
    else if (event.message) {
      const others = known.filter((message) => message.message_id !== event.message.message_id);
      if (kind !== 'message' && others.length === known.length) return;
      this.recent.set(event.chat_id, [...others, event.message].sort((a, b) => a.message_id - b.message_id).slice(-LOOK_BACK));
    } else return;
    this.draw();
  }

  /** All up to this message has been seen. */
  read(chatId, upTo) {
    if (upTo === lastRead(chatId)) return;
    sessionStorage.setItem(readingKey(chatId), String(upTo));
    this.draw();
  }

  /** How many messages of a chat, or of all, have not been seen. */
  unread(chatId) {
    const recent = this.recent.get(chatId) ?? [];
    const last = lastRead(chatId);
    const seen = last > (recent.at(-1)?.message_id ?? 0) ? 0 : last;
    return recent.filter((message) => message.message_id > seen && !message.demo.mine).length;
  }

  totalUnread() {
    return [...this.chats.keys()].reduce((sum, id) => sum + this.unread(id), 0);
  }

  draw() {
    const focused = document.activeElement?.closest('.chat-row')?.dataset.chat;
    const newest = (chat) => this.recent.get(chat.id)?.at(-1)?.date ?? 0;
    const sorted = [...this.chats.values()].sort((a, b) => newest(b) - newest(a));
    this.place.replaceChildren(...sorted.map((chat) => element('li', {}, this.row(chat))));
    if (focused) this.place.querySelector(`[data-chat="${focused}"]`)?.focus();
  }

  /** The button of a chat, or of the first one. */
  rowOf(chat) {
    return this.place.querySelector(chat ? `[data-chat="${chat.id}"]` : '.chat-row');
  }

  row(chat) {
    const last = this.recent.get(chat.id)?.at(-1);
    const unread = this.unread(chat.id);
    const kind = { channel: 'channel', supergroup: 'group' }[chat.type];
    const by = last && chat.type === 'supergroup' ? element('span', { class: 'row-sender' }, name(last.demo.mine ? 'شما' : senderName(last)), ': ') : null;
    return element('button', { type: 'button', class: 'chat-row', 'data-chat': chat.id, onclick: () => this.choose(chat) },
      avatar(chat.title, chat.id),
      element('span', { class: 'row-title' }, kind ? icon(kind) : null, name(chat.title)),
      element('span', { class: 'row-time' }, last ? recently(last.date) : ''),
      element('span', { class: 'row-line' }, by, name(last ? oneLine(last) : 'هنوز پیامی نیست')),
      unread ? element('span', { class: 'badge', 'aria-label': `${count(unread)} پیام نخوانده` }, unread < LOOK_BACK ? count(unread) : `${count(LOOK_BACK)}+`) : element('span'));
  }
}

const readingKey = (chatId) => `read:${server.whoami().id}:${chatId}`;
const lastRead = (chatId) => Number(sessionStorage.getItem(readingKey(chatId)) ?? 0);
