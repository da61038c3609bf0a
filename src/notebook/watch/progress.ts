import type { LoadProgress } from '../../data/index.js';
import { Interrupted } from '../../errors.js';
import type { ExtractionProgress } from '../../evaluate/index.js';
import { kernelHost } from '../host.js';
import { openLine, type ShowState } from './progress-line.js';

/** Shows how far a long piece of work is: what functions with `onProgress` call, with numbers or with events. */
export interface ProgressLine {
  /** Of work that counts one thing. */
  (done: number, total: number): void;
  /** Of loading and extraction, which have several parts. */
  (event: LoadProgress | ExtractionProgress): void;
}

/** Work that ends within so many milliseconds shows nothing. */
const patience = 2_000;

/**
 * Speed and time left of a piece of work, in Jupyter as a line that is replaced in place, on a terminal as a bar, in a log as
 * a plain line now and then, both on standard error. Nothing is shown for work that ends within two seconds. In Jupyter the
 * stop button ends the work when it next tells how far it is: after the batch, image or chunk under way.
 *
 * `evaluate.embed(encoder, data, { onProgress: notebook.progress('Embedding') })`
 *
 * @param what - such as `Embedding mnist test`
 * @returns a function that throws `Interrupted` once the cell was interrupted
 */
export function progress(what: string): ProgressLine {
  const parts = new Map<string, Part>();
  let since = performance.now();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  let release = kernelHost()?.onInterrupt(interrupt);
  return (given: number | LoadProgress | ExtractionProgress, of?: number) => {
    const { label, done, total } =
      typeof given === 'number' ? { label: what, done: given, total: of! } : described(what, given);
    if (interrupted) {
      interrupted = false;
      release?.();
      throw new Interrupted(`${label}: stopped at ${done} of ${total}`);
    }
    // The kernel forgets who listens with every cell.
    release = kernelHost()?.onInterrupt(interrupt);
    if (done >= total) release?.();
    const part = parts.get(label) ?? new Part(label, since);
    parts.set(label, part);
    part.reach(done, total);
    since = performance.now();
  };
}

/** A part of the work that counts from 0 to its own total, and may do so several times. */
class Part {
  private readonly show: ShowState;
  private shown = false;
  /** What was done before the first call may be an earlier sitting's, which took no time in this one. */
  private first: { readonly done: number; readonly at: number } | undefined;
  private done = 0;

  constructor(
    label: string,
    private started: number,
  ) {
    this.show = openLine(label);
  }

  reach(done: number, total: number): void {
    const now = performance.now();
    if (done < this.done) this.first = undefined;
    if (this.first === undefined && this.done > 0) this.started = now;
    this.done = done;
    this.first ??= { done, at: now };
    this.shown ||= now - this.started > patience;
    if (!this.shown) return;
    const perSecond = (1000 * (done - this.first.done)) / (now - this.first.at);
    this.show({ done, total, seconds: (now - this.started) / 1000, perSecond });
  }
}

const megabyte = 1e6;

/** An event in numbers, and what to call that part of the work. */
function described(what: string, event: LoadProgress | ExtractionProgress) {
  switch (event.type) {
    case 'download': {
      const done = Math.round(event.received / megabyte);
      const total = event.total === undefined ? Number.NaN : Math.round(event.total / megabyte);
      return { label: `Downloading ${event.file} (MB)`, done, total };
    }
    case 'decode':
      return { label: `Decoding ${event.dataset}`, done: event.done, total: event.total };
    case 'index':
      return { label: `Listing ${event.source}`, done: event.done, total: event.total };
    case 'verify':
      return { label: `${what}: verifying`, done: event.done, total: event.total };
    case 'extract':
      return { label: what, done: event.done, total: event.total };
  }
}
