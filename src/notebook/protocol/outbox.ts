/** A ZeroMQ socket as far as sending goes. */
export interface Sender {
  send(frames: Buffer[]): Promise<void>;
}

/**
 * Sends messages in order and loses none. ZeroMQ for Node takes about 500 messages within one turn of the event
 * loop and throws EBUSY for the rest, so those wait here for the next turn.
 */
export class Outbox {
  readonly #socket: Sender;
  readonly #waiting: Buffer[][] = [];
  #last: Promise<void> = Promise.resolve();
  #draining: Promise<void> | undefined;

  constructor(socket: Sender) {
    this.#socket = socket;
  }

  send(frames: Buffer[]): void {
    if (this.#draining === undefined && this.#sendNow(frames)) return;
    this.#waiting.push(frames);
    this.#draining ??= this.#drain();
  }

  /** Resolves once everything given so far has been handed to ZeroMQ. */
  async flush(): Promise<void> {
    await this.#draining;
    await this.#last;
  }

  #sendNow(frames: Buffer[]): boolean {
    try {
      this.#last = this.#socket.send(frames);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
      throw error;
    }
  }

  async #drain(): Promise<void> {
    await this.#last;
    for (let frames = this.#waiting.shift(); frames !== undefined; frames = this.#waiting.shift()) {
      await this.#socket.send(frames);
    }
    this.#draining = undefined;
  }
}
