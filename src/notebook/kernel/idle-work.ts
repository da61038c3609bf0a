/** Work waits until nothing was asked for so many milliseconds. */
const patience = 200;

/** Does what may save time later, one piece after the other, while nobody asks for anything. */
export class IdleWork {
  readonly #pieces: (() => void)[];
  readonly #isBusy: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** @param isBusy Whether something asked for is still under way: the work then waits further */
  constructor(pieces: readonly (() => void)[], isBusy: () => boolean) {
    this.#pieces = [...pieces];
    this.#isBusy = isBusy;
  }

  /** Something was asked or answered: the work waits anew. */
  postpone(): void {
    clearTimeout(this.#timer);
    if (this.#pieces.length === 0) return;
    this.#timer = setTimeout(() => {
      if (!this.#isBusy()) this.#pieces.shift()?.();
      this.postpone();
    }, patience);
  }
}
