/** Polls and quizzes: choose, vote, see the results and the explanation. */
import { element, icon } from './dom.js';
import { sorry } from './notices.js';
import { count, number, time } from './persian.js';
import { richText } from './richtext.js';
import * as server from './server.js';

/** The element of a message's poll: a ballot until one has voted, the results afterwards. */
export function pollView(message) {
  const { poll } = message;
  const mine = message.demo.my_vote ?? [];
  const decided = mine.length > 0 || poll.is_closed;
  return element('div', { class: 'poll', role: 'group', 'aria-label': `${kindOf(poll)}: ${poll.question}` },
    poll.description ? element('div', { class: 'text' }, richText(poll.description, poll.description_entities)) : null,
    element('p', { class: 'question' }, poll.question),
    element('p', { class: 'poll-kind' }, kindOf(poll), closing(poll)),
    decided ? results(poll, mine) : ballot(message),
    decided && poll.explanation ? explanation(poll) : null,
    element('p', { class: 'poll-foot' }, poll.total_voter_count ? `${count(poll.total_voter_count)} رأی` : 'هنوز کسی رأی نداده است',
      mine.length > 0 && poll.allows_revoting && poll.type === 'regular' && !poll.is_closed ? takeBack(message) : null));
}

function kindOf(poll) {
  if (poll.is_closed) return poll.type === 'quiz' ? 'آزمون پایان‌یافته' : 'نظرسنجی پایان‌یافته';
  const kind = poll.type === 'quiz' ? 'آزمون' : 'نظرسنجی';
  return poll.is_anonymous ? `${kind} ناشناس` : kind;
}

const closing = (poll) => (poll.close_date && !poll.is_closed ? ` · تا ساعت ${time(poll.close_date)}` : '');

function ballot(message) {
  const { poll } = message;
  if (!poll.allows_multiple_answers) {
    return element('div', { class: 'options' }, poll.options.map((option, index) => choice(option, {
      onclick: (event) => cast(event.currentTarget, message, [index]),
    })));
  }
  const chosen = new Set();
  const submit = element('button', { type: 'button', class: 'plain-button', disabled: true, onclick: () => cast(submit, message, [...chosen].sort((a, b) => a - b)) }, 'ثبت رأی');
  const options = poll.options.map((option, index) => choice(option, { 'aria-pressed': 'false', onclick: (event) => {
    if (!chosen.delete(index)) chosen.add(index);
    event.currentTarget.setAttribute('aria-pressed', String(chosen.has(index)));
    submit.disabled = chosen.size === 0;
  } }));
  return element('div', { class: 'options many' }, options, submit);
}

function choice(option, settings) {
  return element('button', { type: 'button', class: 'option', ...settings },
    element('span', { class: 'tick' }, icon('check')), element('span', { class: 'option-text', dir: 'auto' }, option.text));
}

/** The page shows the outcome when the server's event brings the poll back. */
async function cast(button, message, options) {
  if (button.getAttribute('aria-busy')) return;
  button.setAttribute('aria-busy', 'true');
  try {
    await server.vote(message.chat.id, message.message_id, options);
  } catch (error) {
    sorry(error);
  } finally {
    button.removeAttribute('aria-busy');
  }
}

function takeBack(message) {
  return element('button', { type: 'button', class: 'link-button', onclick: (event) => cast(event.currentTarget, message, []) }, 'پس‌گرفتن رأی');
}

function results(poll, mine) {
  const correct = new Set(poll.correct_option_ids ?? (poll.correct_option_id === undefined ? [] : [poll.correct_option_id]));
  const most = Math.max(1, ...poll.options.map((option) => option.voter_count));
  return element('ul', { class: 'options results' }, poll.options.map((option, index) => {
    const share = poll.total_voter_count ? Math.round((100 * option.voter_count) / poll.total_voter_count) : 0;
    const state = verdict(poll, correct.has(index), mine.includes(index));
    const bar = element('span', { class: 'bar-fill' });
    bar.style.setProperty('--share', option.voter_count / most);
    return element('li', { class: `option result ${state.look}` },
      element('span', { class: 'share' }, `٪${number(share)}`),
      element('span', { class: 'tick' }, state.mark ? icon(state.mark) : null),
      element('span', { class: 'option-text', dir: 'auto' }, option.text),
      state.said ? element('span', { class: 'unseen' }, `؛ ${state.said}`) : null,
      element('span', { class: 'track', 'aria-hidden': 'true' }, bar));
  }));
}

/** How one option of the results looks and what is said about it. */
function verdict(poll, isCorrect, isMine) {
  const owned = isMine ? 'پاسخ شما، ' : '';
  if (poll.type === 'quiz' && isCorrect) return { look: isMine ? 'right mine' : 'right', mark: 'check', said: `${owned}پاسخ درست` };
  if (poll.type === 'quiz' && isMine) return { look: 'wrong mine', mark: 'close', said: `${owned}نادرست` };
  return isMine ? { look: 'mine', mark: 'check', said: 'رأی شما' } : { look: '', mark: null, said: null };
}

function explanation(poll) {
  return element('div', { class: 'explanation' }, icon('bulb'),
    element('div', { class: 'text' }, richText(poll.explanation, poll.explanation_entities)));
}
