import type { JsonObject } from '../protocol/message.js';

export type StreamName = 'stdout' | 'stderr';
export type Publish = (type: string, content: JsonObject) => void;

/** Text is sent at most this often, in milliseconds: front ends choke on a message for every print. */
const interval = 50;
/** Text is not held back beyond this many characters. */
const chunk = 1 << 16;

/** What one cell writes, in order, with printed text gathered into few messages. */
export class CellOutput {
  readonly #publish: Publish;
  #name: StreamName = 'stdout';
  #text: string[] = [];
  #length = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  write(name: StreamName, text: string): void {
    if (name !== this.#name) this.flush();
    this.#name = name;
    this.#text.push(text);
    this.#length += text.length;
    // A loop that never yields starves the timer, so the clock is looked at as well.
    if (this.#length >= chunk || performance.now() - this.#sentAt >= interval) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), interval);
  }

  publish(type: string, content: JsonObject): void {
    this.flush();
    this.#publish(type, content);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentAt = performance.now();
    if (this.#text.length === 0) return;
    const text = this.#text.join('');
    this.#text = [];
    this.#length = 0;
    this.#publish('stream', { name: this.#name, text });
  }
}
