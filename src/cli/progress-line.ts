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
  const show = process.stderr.isTTY ? bar(what) : plainLines(what, started);
  let shown = false;
  return (done, total) => {
    shown ||= performance.now() - started > 2_000;
    if (shown) show(done, total);
  };
}

function bar(what: string): ProgressLine {
  const format = `${what} {bar} {percentage} % {value}/{total}, {eta_formatted} left`;
  const line = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, etaBuffer: 50 },
    Presets.shades_grey,
  );
  return (done, total) => {
    if (!line.isActive) line.start(total, done);
    line.update(done);
    if (done === total) line.stop();
  };
}

function plainLines(what: string, started: number): ProgressLine {
  let last = 0;
  return (done, total) => {
    const now = performance.now();
    if (now - last < plainInterval && done < total) return;
    last = now;
    const left = ((now - started) / done) * (total - done);
    console.error(`${what}: ${done} of ${total}, ${Math.round(left / 1000)} s left`);
  };
}
