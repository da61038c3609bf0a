import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a long piece of work is, on standard error. */
export type ProgressLine = (done: number, total: number) => void;

/** Plain lines come this far apart, so that a log stays readable. */
const plainInterval = 5_000;

/**
 * A bar with speed and time left on a terminal; where the output is piped, a plain line now and then and at the end.
 * Nothing is shown for work that ends within the first two seconds.
 * @param what - such as `Embedding mnist test`
 */
export function progressLine(what: string): ProgressLine {
  const started = performance.now();
  const show = process.stderr.isTTY ? bar(what, started) : plainLines(what, started);
  let shown = false;
  return (done, total) => {
    shown ||= performance.now() - started > 2_000;
    if (shown) show(done, total);
  };
}

function bar(what: string, started: number): ProgressLine {
  const format = `${what} {bar} {percentage} % {value}/{total}, {left} left`;
  const line = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.shades_grey);
  return (done, total) => {
    // The bar's own estimate goes by the time of day, which may be set.
    const left = secondsLeft(started, done, total);
    if (!line.isActive) line.start(total, done, { left });
    line.update(done, { left });
    if (done === total) line.stop();
  };
}

function plainLines(what: string, started: number): ProgressLine {
  let last = 0;
  return (done, total) => {
    const now = performance.now();
    if (now - last < plainInterval && done < total) return;
    last = now;
    console.error(`${what}: ${done} of ${total}, ${secondsLeft(started, done, total)} left`);
  };
}

/** At the mean pace since the start. */
function secondsLeft(started: number, done: number, total: number): string {
  const left = ((performance.now() - started) / done) * (total - done);
  return `${Math.round(left / 1000)} s`;
}
