/** Numbers, times and sizes as a Persian reader expects them. Leaves the text of messages as it was written. */

const numbers = new Intl.NumberFormat('fa-IR');
const shortNumbers = new Intl.NumberFormat('fa-IR', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('fa-IR', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('fa-IR', { weekday: 'long', day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat('fa-IR', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('fa-IR', { dateStyle: 'full', timeStyle: 'short' });

/** 1234 → ۱٬۲۳۴ */
export const number = (value) => numbers.format(value);

/** A count which may be large: 12500 → ۱۲٫۵ هزار */
export const count = (value) => (value < 10000 ? numbers : shortNumbers).format(value);

/** Seconds since 1970 → ۰۹:۴۱ */
export const time = (seconds) => clock.format(new Date(seconds * 1000));

/** Seconds since 1970 → the whole date and time, for tooltips. */
export const moment = (seconds) => full.format(new Date(seconds * 1000));

/** The heading above a day's messages. */
export function dayName(seconds) {
  const age = daysAgo(seconds);
  if (age === 0) return 'امروز';
  return age === 1 ? 'دیروز' : day.format(new Date(seconds * 1000));
}

/** In the list of chats: the time today, the date before. */
export const recently = (seconds) => (daysAgo(seconds) === 0 ? time(seconds) : shortDay.format(new Date(seconds * 1000)));

/** Bytes → ۱٫۴ مگابایت */
export function size(bytes) {
  if (bytes < 1024) return `${number(bytes)} بایت`;
  const kilobytes = bytes / 1024;
  if (kilobytes < 1000) return `${number(Math.round(kilobytes))} کیلوبایت`;
  return `${number(Math.round(kilobytes / 102.4) / 10)} مگابایت`;
}

/** Does this line read from right to left? Its first letter decides, as in Unicode's bidirectional algorithm (P2, P3). */
export function readsRightToLeft(line) {
  const mark = /[\u200e\u200f]|\p{L}/u.exec(line);
  return mark === null || /[\u200f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u.test(mark[0]);
}

function daysAgo(seconds) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(new Date(seconds * 1000))) / 86400000);
}
