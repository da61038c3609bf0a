import { Presets, SingleBar } from 'cli-progress';
import { openOutput } from '../display/output.js';
import { toBundle } from '../display/presentation.js';
import { duration } from './status-line.js';

/** How far work is. */
export interface State {
  readonly done: number;
  /** NaN where it is not known. */
  readonly total: number;
  readonly seconds: number;
  /** Since the first call; NaN or infinite before anything is known. */
  readonly perSecond: number;
}

export type ShowState = (state: State) => void;

/** A notebook's line is replaced, and a log gets another one, at most this often, in milliseconds. */
const notebookInterval = 1_000;
const logInterval = 5_000;

/** A place where the state of some work is shown, the way that suits where this runs. */
export function openLine(what: string): ShowState {
  const output = openOutput();
  if (output !== undefined) return lines(what, notebookInterval, (text) => output.show(toBundle({ text })));
  if (process.stderr.isTTY) return bar(what);
  return lines(what, logInterval, (text) => console.error(text));
}

function bar(what: string): ShowState {
  const format = `${what} {bar} {percentage} % {value}/{total}{time}`;
  const line = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.shades_grey);
  return (state) => {
    const { done, total } = state;
    // The bar's own estimate goes by the time of day, which may be set.
    const time = pace(state);
    if (!line.isActive) line.start(total, done, { time });
    line.update(done, { time });
    if (done === total) line.stop();
  };
}

function lines(what: string, interval: number, show: (text: string) => void): ShowState {
  let last = Number.NEGATIVE_INFINITY;
  return (state) => {
    const { done, total } = state;
    const now = performance.now();
    if (now - last < interval && done !== total) return;
    last = now;
    show(`${what}: ${done}${Number.isNaN(total) ? '' : ` of ${total}`}${pace(state)}`);
  };
}

/** Such as `, 12/s, 2 min 10 s left`. */
function pace({ done, total, seconds, perSecond }: State): string {
  if (done === total) return `, in ${duration(seconds)}`;
  if (!Number.isFinite(perSecond) || perSecond === 0) return '';
  const speed = `, ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
  return Number.isNaN(total) ? speed : `${speed}, ${duration((total - done) / perSecond)} left`;
}
