/**
 * The page of the embedded Telegram: who one is, which chat is open, and what happens live.
 * The address says both (#person/chat), so that reload and the back button do what one expects.
 */
import { ChatList } from './chatlist.js';
import { Conversation } from './conversation.js';
import { element, icon, name } from './dom.js';
import { avatar } from './message.js';
import { alertBox, sorry, toast } from './notices.js';
import { count } from './persian.js';
import * as server from './server.js';

const ROLES = {
  subscriber: { title: 'مشترک کانال', does: 'پست‌های کانال را می‌خواند' },
  admin: { title: 'مدیر', does: 'پیش‌نویس‌ها را می‌بیند و منتشر می‌کند' },
  user: { title: 'کاربر', does: 'با ربات گفت‌وگو می‌کند' },
};

const phone = document.getElementById('phone');
const listPane = document.getElementById('chats');
const live = document.getElementById('live');
const list = new ChatList(document.getElementById('chat-list'), (chat) => go(server.whoami().id, chat.id));
const conversation = new Conversation(document.getElementById('conversation'));

let facts = null;
let people = [];
let hangUp = () => {};
/** The chat to open once the list is there. */
let wanted = null;
let calls = 0;

function go(person, chat) {
  location.hash = chat === null ? `#${person}` : `#${person}/${chat}`;
}

/** Person and chat in the address; null where it names none that exists. */
function addressed() {
  const [person, chat] = location.hash.slice(1).split('/').map(Number);
  return { person: people.find((one) => one.id === person) ?? null, chat: Number.isFinite(chat) && chat ? chat : null };
}

async function follow() {
  const { person, chat } = addressed();
  if (!person) go(people[0].id, homeOf(people[0]));
  else if (server.whoami()?.id !== person.id) become(person, chat);
  else await show(chat);
}

/** The chat a role is about; a private chat with the bot has the person's own id. */
function homeOf(person) {
  return { subscriber: facts.channel, admin: facts.admin_chat }[person.role] ?? person.id;
}

/** Be this person, with this chat open (null: the list). */
function become(person, chat) {
  hangUp();
  conversation.close();
  server.become(person);
  document.getElementById(`person-${person.id}`).checked = true;
  wanted = chat;
  call();
}

/**
 * Open the line. Only once it stands one asks what there is, so that nothing falls between; after a break one asks anew.
 * Events follow one after another, and never reach the next person.
 */
function call() {
  const turn = (calls += 1);
  let queue = Promise.resolve();
  const then = (step) => {
    queue = queue.then(() => turn === calls && step()).catch(sorry);
  };
  hangUp = server.listen({
    heard: (kind, event) => then(() => happened(kind, event)),
    standing: () => then(takeAll),
    lost: () => lineIs('broken'),
  });
}

/** Ask for everything: the chats, and the open one as it is now. */
async function takeAll() {
  await list.load();
  lineIs('standing');
  showUnread();
  if (conversation.chat) await conversation.reload();
  else await show(wanted);
}

/** A page which the browser only keeps for its back button must not hold one of the few connections to a server. */
const rest = () => hangUp();

function wake(event) {
  if (event.persisted && server.whoami()) call();
}

function lineIs(state) {
  live.dataset.state = state;
  live.textContent = state === 'broken' ? 'در حال اتصال…' : 'زنده';
}

async function show(chatId) {
  wanted = chatId;
  const chat = chatId === null ? null : list.chat(chatId);
  if (chat && conversation.chat?.id === chat.id) return;
  const left = conversation.chat;
  const inPhone = phone.contains(document.activeElement);
  conversation.close();
  listPane.hidden = chat !== null;
  const opened = chat && conversation.open(chat);
  if (inPhone) (chat ? conversation.scroller : list.rowOf(left))?.focus({ preventScroll: true });
  await opened;
}

async function happened(kind, event) {
  if (!list.chat(event.chat_id) || kind === 'pinned') await list.load();
  list.apply(kind, event);
  const here = conversation.chat?.id === event.chat_id;
  if (here && kind === 'pinned') conversation.update(list.chat(event.chat_id));
  else if (here) conversation.apply(kind, event);
  showUnread();
}

function showUnread() {
  const unread = list.totalUnread();
  document.title = unread ? `(${count(unread)}) پیک؛ تلگرام نمایشی` : 'پیک؛ تلگرام نمایشی';
}

/** A tapped @name or t.me address: a chat we have is opened here, the rest of the world in a new tab. */
async function visit({ username, chat: id, message, start, address }) {
  const isBot = username && username === facts.bot.username?.toLowerCase();
  const chat = id ? list.chat(id) : isBot ? list.chat(server.whoami().id) : list.named(username);
  if (!chat && address) window.open(address, '_blank', 'noopener,noreferrer');
  if (!chat && !address) toast(`@${username} در این تلگرام نمایشی نیست.`);
  if (!chat) return;
  await enter(chat);
  if (message) await conversation.jump(message);
  if (start !== null && isBot) await conversation.composer.say(`/start ${start}`.trim());
}

async function enter(chat) {
  history.pushState(null, '', `#${server.whoami().id}/${chat.id}`);
  await show(chat.id);
}

function personChoice(person) {
  const role = ROLES[person.role] ?? ROLES.user;
  const id = `person-${person.id}`;
  return element('label', { class: 'person', for: id },
    element('input', { type: 'radio', name: 'person', id, value: person.id, class: 'unseen', onchange: () => go(person.id, homeOf(person)) }),
    avatar(person.name, person.id, 'small'),
    element('span', { class: 'person-words' },
      element('span', { class: 'person-role' }, role.title), element('span', { class: 'person-name' }, name(person.name)), element('span', { class: 'person-does' }, role.does)),
    element('span', { class: 'person-tick' }, icon('check')));
}

async function begin() {
  [facts, people] = await Promise.all([server.info(), server.people()]);
  const banner = document.getElementById('banner');
  banner.textContent = facts.banner ?? '';
  banner.hidden = !facts.banner;
  conversation.composer.inline.bot = facts.bot.username;
  const choices = document.getElementById('people');
  choices.append(...people.map(personChoice));
  choices.classList.toggle('many', people.length > Object.keys(ROLES).length);
  phone.addEventListener('wish-place', (event) => visit(event.detail).catch(sorry));
  phone.addEventListener('wish-leave', () => go(server.whoami().id, null));
  phone.addEventListener('wish-inline', (event) => conversation.composer.prefill(`@${facts.bot.username} ${event.detail}`));
  phone.addEventListener('wish-read', (event) => {
    list.read(event.detail.chat, event.detail.upTo);
    showUnread();
  });
  document.addEventListener('visibilitychange', () => conversation.markRead());
  window.addEventListener('pagehide', rest);
  window.addEventListener('pageshow', wake);
  window.addEventListener('hashchange', () => follow().catch(sorry));
  await follow();
}

begin().catch((error) => alertBox(`این صفحه به برنامه نرسید. «peyk demo» را اجرا کنید و صفحه را دوباره باز کنید. (${error.message})`));
