/** Speak to the embedded Telegram as one person: calls, and the live stream of events. */

let me = null;

const EVENTS = ['message', 'edited', 'deleted', 'pinned', 'typing', 'draft', 'poll'];

/** From now on every call is made as this person. */
export function become(person) {
  me = person;
}

/** The one the page acts as. */
export const whoami = () => me;

export const info = () => get('/demo/info', {});
export const people = () => get('/demo/people', {});
export const chats = () => get('/demo/chats', { as: me.id });

/** Up to `limit` messages before the given id (the newest without one), oldest first. */
export async function messages(chat, { before = null, limit = 50 } = {}) {
  const query = { as: me.id, chat, limit };
  if (before !== null) query.before = before;
  return (await get('/demo/messages', query)).messages;
}

export const send = (chat, text, replyTo) =>
  post('/demo/send', { as: me.id, chat, text, ...(replyTo ? { reply_to: replyTo } : {}) });
export const press = (chat, message, data) => post('/demo/press', { as: me.id, chat, message, data });
export const inline = async (words) => (await post('/demo/inline', { as: me.id, words })).results;
export const choose = (chat, result) => post('/demo/choose', { as: me.id, chat, result });
export const vote = (chat, message, options) => post('/demo/vote', { as: me.id, chat, message, options });

/** Send a file, with a caption or an empty one. */
export function upload(chat, file, caption) {
  const form = new FormData();
  form.append('as', me.id);
  form.append('chat', chat);
  form.append('caption', caption);
  form.append('file', file, file.name);
  return answer(fetch('/demo/upload', { method: 'POST', body: form }));
}

/**
 * Listen to what happens in the person's chats: `heard(kind, event)` for each event, `standing()` whenever the line
 * stands (again), `lost()` when it breaks; it mends itself. Returns the function which hangs up.
 */
export function listen({ heard, standing, lost }) {
  const source = new EventSource(`/demo/events?${new URLSearchParams({ as: me.id })}`);
  for (const kind of EVENTS) source.addEventListener(kind, (event) => heard(kind, JSON.parse(event.data)));
  source.addEventListener('open', standing);
  source.addEventListener('error', lost);
  return () => source.close();
}

function get(path, query) {
  return answer(fetch(`${path}?${new URLSearchParams(query)}`, { headers: { Accept: 'application/json' } }));
}

function post(path, body) {
  return answer(fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }));
}

async function answer(request) {
  const response = await request;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
