import { InputError } from '../errors.js';
import type { Stopwatch } from './stopwatch.js';

/** One sitting of work that can be left at any time and gone on with later. */
interface Sitting {
  /** Counts the time spent working. */
  readonly stopwatch: Stopwatch;
  /** Writes what was done and is not yet written. */
  save(): Promise<unknown>;
  /** Frees what the sitting holds. */
  close(): Promise<void>;
}

export interface RunOfSitting<Event> extends AsyncIterable<Event> {
  /** Ends the run cleanly, as soon as its work can be left. */
  stop(): void;
}

/**
 * A run that begins its sitting when its events are read, which can be done once, and does no work between reads. However
 * the reader leaves its loop, the sitting is saved and closed.
 * @param eventsOf - does the work, and ends early once its signal is aborted
 * @param again - how to run it again, for the message of a second reading
 */
export function runOfSitting<S extends Sitting, Event>(
  begin: () => Promise<S>,
  eventsOf: (sitting: S, stop: AbortSignal) => AsyncGenerator<Event, void, void>,
  again: string,
): RunOfSitting<Event> {
  let begun = false;
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    [Symbol.asyncIterator]() {
      if (begun) throw new InputError(`A run can be read once only; ${again}.`);
      begun = true;
      return throughSitting(begin, (sitting) => eventsOf(sitting, stopping.signal));
    },
  };
}

async function* throughSitting<S extends Sitting, Event>(
  begin: () => Promise<S>,
  eventsOf: (sitting: S) => AsyncGenerator<Event, void, void>,
): AsyncGenerator<Event, void, void> {
  const sitting = await begin();
  let failed = false;
  try {
    for await (const event of eventsOf(sitting)) {
      // What the reader does with an event is no part of the work.
      sitting.stopwatch.pause();
      yield event;
      sitting.stopwatch.resume();
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await end(sitting, failed);
  }
}

async function end(sitting: Sitting, failed: boolean): Promise<void> {
  try {
    try {
      await sitting.save();
    } finally {
      await sitting.close();
    }
  } catch (error) {
    // What ended the work is the failure to report, not what else it made impossible.
    if (!failed) throw error;
  }
}
