/** A message, a sender or a chat said in one line: for the list of chats, replies, the pinned bar. Plain text only. */

/** The words of a message on one line. */
export function oneLine(message) {
  const text = (message.text ?? message.caption ?? '').replace(/\s+/g, ' ').trim();
  if (message.photo) return text ? `عکس: ${text}` : 'عکس';
  if (message.document) return `پرونده: ${message.document.file_name ?? 'بی‌نام'}${text ? `؛ ${text}` : ''}`;
  if (message.poll) return `${message.poll.type === 'quiz' ? 'آزمون' : 'نظرسنجی'}: ${message.poll.question}`;
  return text || serviceLine(message) || 'پیام';
}

/** What a service message says ("pinned a message"), or null for an ordinary one. */
export function serviceLine(message) {
  const who = isolated(senderName(message));
  if (message.pinned_message) return `${who} «${isolated(clip(oneLine(message.pinned_message)))}» را سنجاق کرد`;
  if (message.new_chat_members) return `${message.new_chat_members.map(fullName).map(isolated).join('، ')} به گفت‌وگو پیوست`;
  if (message.left_chat_member) return `${isolated(fullName(message.left_chat_member))} از گفت‌وگو رفت`;
  if (message.new_chat_title) return `نام گفت‌وگو «${isolated(message.new_chat_title)}» شد`;
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} این گروه را ساخت`;
  if (message.channel_chat_created) return 'کانال ساخته شد';
  return null;
}

/** Who speaks: a chat where it speaks as itself (a channel), otherwise a user. */
export function senderName(message) {
  if (message.sender_chat) return chatName(message.sender_chat);
  return message.from ? fullName(message.from) : chatName(message.chat);
}

/** Where a forwarded message came from. */
export function originName(origin) {
  if (origin.sender_user) return fullName(origin.sender_user);
  if (origin.sender_user_name) return origin.sender_user_name;
  const chat = origin.chat ?? origin.sender_chat;
  return chat ? chatName(chat) : 'ناشناس';
}

/** A number which stays with the sender: decides the colour of the name. */
export const senderId = (message) => message.sender_chat?.id ?? message.from?.id ?? message.chat.id;

export const fullName = (user) => [user.first_name, user.last_name].filter(Boolean).join(' ') || 'بی‌نام';

export const chatName = (chat) => chat.title ?? fullName(chat);

/** Words of others inside a sentence of ours, kept from turning it around (Unicode's FSI … PDI). */
const isolated = (words) => `\u2068${words}\u2069`;

function clip(line) {
  const letters = [...line];
  return letters.length > 40 ? `${letters.slice(0, 40).join('')}…` : line;
}
