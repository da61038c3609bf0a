/** Runs tasks in the order they come, at most so many at a time. */
export class InTurn {
  #free: number;
  #waiting: { readonly admit: () => void; readonly refuse: (error: Error) => void }[] = [];
  #stopped = false;

  constructor(places: number) {
    this.#free = places;
  }

  /** @throws Error where `stop` came before its turn */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#stopped) throw stopped();
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((admit, refuse) => this.#waiting.push({ admit, refuse }));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next.admit();
      else this.#free += 1;
    }
  }

  /** Tasks that have not begun never do. */
  stop(): void {
    this.#stopped = true;
    for (const { refuse } of this.#waiting) refuse(stopped());
    this.#waiting = [];
  }
}

function stopped(): Error {
  return new Error('stopped before its turn');
}
