/** Events from several sources as one sequence, kept until they are read. */
export class EventQueue<T> {
  readonly #waiting: T[] = [];
  #ended: { readonly error?: unknown } | undefined;
  #wake: () => void = () => {};

  add(event: T): void {
    this.#waiting.push(event);
    this.#wake();
  }

  /** No more events come; `error`, if given, is thrown to the reader after those that wait. */
  end(outcome: { readonly error?: unknown } = {}): void {
    this.#ended ??= outcome;
    this.#wake();
  }

  async *read(): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#ended !== undefined) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if ('error' in this.#ended) throw this.#ended.error;
  }
}
