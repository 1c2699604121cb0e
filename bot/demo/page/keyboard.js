/** The buttons a bot puts under its messages, and the keyboard it may put in place of ours. */
import { element, icon, wish } from './dom.js';
import { safeAddress, telegramPlace } from './links.js';
import { alertBox, sorry, toast } from './notices.js';
import * as server from './server.js';

const STYLES = new Set(['primary', 'success', 'danger']);

/** Presses the bot has not answered yet: a message drawn anew meanwhile keeps its spinner. */
const waiting = new Set();

/** The rows of an inline keyboard. */
export function inlineKeyboard(message) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  return element('div', { class: 'inline-keyboard', role: 'group', 'aria-label': 'دکمه‌های پیام' },
    rows.map((row) => element('div', { class: 'key-row' }, row.map((button) => inlineButton(message, button)))));
}

/** The rows of a reply keyboard; `choose(text)` gets the words of the key. */
export function replyKeyboard(markup, choose) {
  return markup.keyboard.map((row) => element('div', { class: 'key-row' }, row.map((key) => {
    const text = typeof key === 'string' ? key : key.text;
    return element('button', { type: 'button', class: look('key', key), onclick: () => choose(text) }, element('bdi', {}, text));
  })));
}

function look(kind, button) {
  return STYLES.has(button.style) ? `${kind} ${button.style}` : kind;
}

function inlineButton(message, button) {
  const label = element('bdi', { class: 'key-text' }, button.text);
  if (button.callback_data !== undefined) return callbackButton(message, button, label);
  if (button.url !== undefined) return linkButton(button, label);
  if (button.copy_text !== undefined) return plain(button, [label, icon('copy')], () => copy(button.copy_text.text));
  const query = button.switch_inline_query_current_chat ?? button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query;
  if (query !== undefined) return plain(button, [label], (event) => wish(event.currentTarget, 'inline', query));
  return plain(button, [label], () => toast('این دکمه در تلگرام نمایشی کار نمی‌کند.'));
}

function plain(button, children, onclick) {
  return element('button', { type: 'button', class: look('key', button), onclick }, children);
}

function linkButton(button, label) {
  const address = safeAddress(button.url);
  if (address === null) return plain(button, [label], () => toast('این پیوند امن نیست و باز نشد.'));
  return element('a', { class: look('key', button), href: address, target: '_blank', rel: 'noopener noreferrer', onclick: (event) => {
    const place = telegramPlace(address);
    if (place === null) return;
    event.preventDefault();
    wish(event.currentTarget, 'place', { ...place, address });
  } }, label, icon('link'));
}

function callbackButton(message, button, label) {
  const press = `${message.chat.id}:${message.message_id}:${button.callback_data}`;
  return element('button', {
    type: 'button', class: look('key', button), 'data-press': press, 'aria-busy': waiting.has(press) ? 'true' : null,
    onclick: () => ask(message, button.callback_data, press),
  }, label, element('span', { class: 'spinner', 'aria-hidden': 'true' }));
}

async function ask(message, data, press) {
  if (waiting.has(press)) return;
  waiting.add(press);
  markBusy(press, true);
  try {
    tell(await server.press(message.chat.id, message.message_id, data));
  } catch (error) {
    sorry(error);
  } finally {
    waiting.delete(press);
    markBusy(press, false);
  }
}

function markBusy(press, busy) {
  for (const button of document.querySelectorAll(`[data-press="${CSS.escape(press)}"]`)) {
    if (busy) button.setAttribute('aria-busy', 'true');
    else button.removeAttribute('aria-busy');
  }
}

/** Show the bot's answer to a press: https://core.telegram.org/bots/api#answercallbackquery */
function tell(answer) {
  if (answer.timeout) toast('ربات هنوز پاسخی نداده است.');
  else if (answer.url && safeAddress(answer.url)) alertBox(answer.text || 'ربات پیوندی برای بازکردن داد.', safeAddress(answer.url));
  else if (answer.text && answer.show_alert) alertBox(answer.text);
  else if (answer.text) toast(answer.text);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast('رونوشت گرفته شد.');
  } catch {
    alertBox(text);
  }
}
