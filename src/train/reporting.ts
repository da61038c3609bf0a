/** Tells something, and goes on once it was heard. */
export type Report<Event> = (event: Event) => Promise<void>;

/** Work was given up half-way on purpose. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/** An event that waits for its reader, and what the reader can answer. */
interface Told<Event> {
  readonly event: Event;
  heard(): void;
  left(reason: Abandoned): void;
}

/**
 * The events that work reports, as they come; while the reader is at one the work waits. Where the reader leaves, the report
 * throws `Abandoned`, and the work has ended before the reader goes on.
 * @returns what the work comes to
 * @throws what it throws
 */
export async function* reporting<Event, Result>(
  work: (report: Report<Event>) => Promise<Result>,
): AsyncGenerator<Event, Result, void> {
  let tell: (told: Told<Event>) => void = () => {};
  const next = () =>
    new Promise<Told<Event>>((resolve) => {
      tell = resolve;
    });
  let coming = next();
  const done = work((event) => new Promise((heard, left) => tell({ event, heard, left }))).then((result) => ({
    result,
  }));
  for (;;) {
    const told = await Promise.race([coming, done]);
    if ('result' in told) return told.result;
    coming = next();
    let heard = false;
    try {
      yield told.event;
      heard = true;
      told.heard();
    } finally {
      if (!heard) {
        told.left(new Abandoned('The reader left.'));
        await done.catch(() => {});
      }
    }
  }
}
