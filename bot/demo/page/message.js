/** One message → its bubble. Draws only; what a tap does beyond the bubble is wished upwards. */
import { element, icon, iconButton, name, wish } from './dom.js';
import { inlineKeyboard } from './keyboard.js';
import { showPhoto } from './notices.js';
import { oneLine, originName, senderId, senderName, serviceLine } from './oneline.js';
import { count, moment, readsRightToLeft, size, time } from './persian.js';
import { pollView } from './poll.js';
import { richText } from './richtext.js';

const COLOURS = 7;

/** The article of a message in this chat. */
export function messageView(message, chat) {
  const service = serviceLine(message);
  const article = element('article', { class: 'message', 'data-id': message.message_id, tabindex: -1 });
  if (service) {
    article.classList.add('service');
    article.append(element('p', { class: 'pill', dir: 'auto' }, service));
    return article;
  }
  article.classList.add(message.demo.mine && chat.type !== 'channel' ? 'mine' : 'theirs', `in-${chat.type}`);
  article.setAttribute('aria-label', `${senderName(message)}، ${time(message.date)}`);
  article.append(
    chat.type === 'supergroup' && !message.demo.mine ? avatar(senderName(message), senderId(message), 'small') : '',
    element('div', { class: 'body' }, bubble(message, chat), inlineKeyboard(message), chat.can_post ? replyButton(message) : null));
  return article;
}

/** A bubble for text which is still being written (sendMessageDraft). */
export function draftView(draft) {
  return element('article', { class: 'message theirs in-private first last writing', 'aria-label': 'ربات در حال نوشتن است' },
    element('div', { class: 'body' }, element('div', { class: 'bubble' },
      element('div', { class: 'text' }, richText(draft.text ?? '', draft.entities), element('span', { class: 'caret', 'aria-hidden': 'true' })))));
}

/** A round picture with the first letter of a name. */
export function avatar(title, id, kind = '') {
  const letter = [...title.replace(/[^\p{L}\p{N}]/gu, '')][0] ?? '؟';
  return element('span', { class: `avatar ${kind} colour-${colourOf(id)}`, 'aria-hidden': 'true' }, letter);
}

const colourOf = (id) => Math.abs(id) % COLOURS;

function bubble(message, chat) {
  const text = message.text ?? message.caption;
  const bare = !text && message.photo;
  return element('div', { class: bare ? 'bubble bare' : 'bubble' },
    chat.type === 'supergroup' && !message.demo.mine ? name(senderName(message), { class: `sender name-${colourOf(senderId(message))}` }) : null,
    message.forward_origin ? element('p', { class: 'forwarded' }, 'هدایت‌شده از ', name(originName(message.forward_origin))) : null,
    replied(message),
    message.photo ? photo(message) : null,
    message.document ? attachment(message) : null,
    message.poll ? pollView(message) : null,
    text ? words(message, text) : meta(message, chat.type));

  function words() {
    const entities = message.entities ?? message.caption_entities;
    const lastLine = text.slice(text.lastIndexOf('\n') + 1);
    const block = element('div', { class: 'text' }, richText(text, entities), meta(message, chat.type));
    block.classList.add(readsRightToLeft(lastLine) ? 'ends-rtl' : 'ends-ltr');
    return block;
  }
}

function replyButton(message) {
  return iconButton('reply', 'پاسخ به این پیام', (event) => wish(event.currentTarget, 'reply', message));
}

function meta(message, chatType) {
  const edited = message.edit_date ? element('span', {}, 'ویرایش‌شده') : null;
  const views = chatType === 'channel' && message.demo.views ? element('span', { class: 'views', 'aria-label': `${count(message.demo.views)} بازدید` }, icon('eye'), count(message.demo.views)) : null;
  const signature = message.author_signature ? name(message.author_signature, { class: 'signature' }) : null;
  const pinned = message.demo.pinned ? element('span', { 'aria-label': 'سنجاق‌شده' }, icon('pin')) : null;
  return element('span', { class: 'meta' }, pinned, views, signature, edited,
    element('time', { datetime: new Date(message.date * 1000).toISOString(), title: moment(message.date) }, time(message.date)));
}

function replied(message) {
  const original = message.reply_to_message;
  if (!original) return null;
  return element('button', {
    type: 'button', class: `quoted name-${colourOf(senderId(original))}`,
    onclick: (event) => wish(event.currentTarget, 'jump', original.message_id),
  }, name(senderName(original), { class: 'quoted-name' }), element('span', { class: 'quoted-text', dir: 'auto' }, message.quote?.text ?? oneLine(original)));
}

function photo(message) {
  const address = fileAddress(message.demo.photo_url);
  const largest = message.photo[message.photo.length - 1];
  const description = message.caption ? `عکس: ${oneLine({ text: message.caption })}` : 'عکس';
  if (address === null) return element('p', { class: 'text' }, 'عکس');
  return element('button', { type: 'button', class: 'photo', 'aria-label': `${description}؛ بزرگ ببینید`, onclick: () => showPhoto(address, description) },
    element('img', { src: address, alt: '', width: largest.width, height: largest.height, decoding: 'async' }));
}

function attachment(message) {
  const { document: file } = message;
  const address = fileAddress(message.demo.document_url);
  const shown = file.file_name ?? 'پرونده';
  return element(address ? 'a' : 'div', { class: 'attachment', href: address, download: address ? shown : null },
    element('span', { class: 'attachment-mark' }, icon('file')),
    element('span', { class: 'attachment-words' }, name(shown, { class: 'attachment-name' }),
      element('span', { class: 'attachment-size' }, file.file_size ? size(file.file_size) : 'پرونده')));
}

/** Files come from our own server only, whatever the message says. */
function fileAddress(address) {
  return typeof address === 'string' && address.startsWith('/demo/file/') ? address : null;
}
