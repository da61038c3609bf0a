import { Presets, SingleBar } from 'cli-progress';
import { openOutput } from '../display/output.js';
import { toBundle } from '../display/presentation.js';
import { duration } from './status-line.js';

/** Shows how far a long piece of work is: what functions with `onProgress` call. */
export type ProgressLine = (done: number, total: number) => void;

/** Work that ends within so many milliseconds shows nothing. */
const patience = 2_000;

/** A notebook's line is replaced, and a log gets another one, at most this often, in milliseconds. */
const notebookInterval = 1_000;
const logInterval = 5_000;

/**
 * Speed and time left of a piece of work, in Jupyter as a line that is replaced in place, on a terminal as a bar, in a log as
 * a plain line now and then, both on standard error. Nothing is shown for work that ends within two seconds.
 *
 * `evaluate.embed(encoder, data, { onProgress: notebook.progress('Embedding') })`
 *
 * @param what - such as `Embedding mnist test`
 */
export function progress(what: string): ProgressLine {
  const started = performance.now();
  const show = display(what);
  // What was done before the first call may be an earlier sitting's, which took no time in this one.
  let first: { readonly done: number; readonly at: number } | undefined;
  let shown = false;
  return (done, total) => {
    const now = performance.now();
    first ??= { done, at: now };
    shown ||= now - started > patience;
    if (!shown) return;
    const secondsLeft = ((now - first.at) / 1000 / (done - first.done)) * (total - done);
    show({ done, total, seconds: (now - started) / 1000, secondsLeft });
  };
}

interface State {
  readonly done: number;
  readonly total: number;
  readonly seconds: number;
  /** NaN or infinite before anything is known. */
  readonly secondsLeft: number;
}

type Display = (state: State) => void;

function display(what: string): Display {
  const output = openOutput();
  if (output !== undefined) return lines(what, notebookInterval, (text) => output.show(toBundle({ text })));
  if (process.stderr.isTTY) return bar(what);
  return lines(what, logInterval, (text) => console.error(text));
}

function bar(what: string): Display {
  const format = `${what} {bar} {percentage} % {value}/{total}{time}`;
  const line = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.shades_grey);
  return (state) => {
    const { done, total } = state;
    // The bar's own estimate goes by the time of day, which may be set.
    const time = timeOf(state);
    if (!line.isActive) line.start(total, done, { time });
    line.update(done, { time });
    if (done === total) line.stop();
  };
}

function lines(what: string, interval: number, show: (text: string) => void): Display {
  let last = Number.NEGATIVE_INFINITY;
  return (state) => {
    const now = performance.now();
    if (now - last < interval && state.done < state.total) return;
    last = now;
    show(`${what}: ${state.done} of ${state.total}${timeOf(state)}`);
  };
}

function timeOf({ done, total, seconds, secondsLeft }: State): string {
  if (done === total) return `, in ${duration(seconds)}`;
  return Number.isFinite(secondsLeft) ? `, ${duration(secondsLeft)} left` : '';
}
