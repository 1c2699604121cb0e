/** Inline mode: what the bot offers while one types its name and words, in any chat. */
import { element, name } from './dom.js';
import * as server from './server.js';

const PAUSE = 300;

export class Inline {
  /** `place` is where the offers are drawn; `chosen(result)` is told which one was taken. */
  constructor(place, chosen) {
    this.place = place;
    this.chosen = chosen;
    this.bot = '';
    this.timer = null;
    this.asked = 0;
  }

  /** The box says this now: ask the bot once the person pauses, or put the offers away. */
  typed(text) {
    clearTimeout(this.timer);
    const words = this.wordsFor(text);
    if (words === null) this.close();
    else this.timer = setTimeout(() => this.ask(words), PAUSE);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.place.replaceChildren();
  }

  /** What stands behind the bot's name at the start; null where it does not stand there. */
  wordsFor(text) {
    const call = `@${this.bot} `;
    return this.bot && text.toLowerCase().startsWith(call.toLowerCase()) ? text.slice(call.length) : null;
  }

  async ask(words) {
    const number = ++this.asked;
    const results = await server.inline(words).catch(() => []);
    if (number === this.asked) this.place.replaceChildren(...results.map((result) => this.offer(result)));
  }

  offer(result) {
    return element('button', { type: 'button', class: 'offer', onclick: () => this.chosen(result) },
      name(result.title ?? '', { class: 'strip-title' }), element('span', { class: 'strip-line', dir: 'auto' }, result.description ?? ''));
  }
}
