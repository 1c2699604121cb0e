/** Which addresses the page may open, and which of them are places inside this embedded Telegram. */

const ALLOWED = new Set(['http:', 'https:', 'tg:']);

/** The address as a safe href, or null: only http, https and tg; a bare domain is taken as https. */
export function safeAddress(written) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `https://${written}`);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * What a t.me or tg: address points at: {username | chat, message, start}, or null for the world outside.
 * Link forms: https://core.telegram.org/api/links
 */
export function telegramPlace(address) {
  const url = new URL(address);
  if (url.protocol === 'tg:') return url.host === 'resolve' ? place(url.searchParams.get('domain'), url.searchParams.get('post'), url) : null;
  if (!['t.me', 'telegram.me'].includes(url.hostname)) return null;
  const [first, second, third] = url.pathname.split('/').filter(Boolean);
  if (first === 'c' && second) return { chat: Number(`-100${second}`), message: Number(third) || null, start: null };
  return place(first, second, url);
}

function place(username, message, url) {
  if (!username) return null;
  return { username: username.toLowerCase(), message: Number(message) || null, start: url.searchParams.get('start') };
}
