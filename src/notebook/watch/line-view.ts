import type { TrainEvent } from '../../train/index.js';
import { accuraciesLine, duration, endLine, statusLine } from './status-line.js';
import type { RunView } from './view.js';

/** Lines between two epochs come at least this many milliseconds apart. */
const interval = 10_000;

/** Plain lines on standard error, for logs: each epoch and evaluation, and now and then a step. */
export function lineView(): RunView {
  let writtenAt = performance.now();
  const write = (line: string) => {
    console.error(line);
    writtenAt = performance.now();
  };
  return {
    update(event, progress) {
      if (event.type === 'start') {
        const from = event.step > 0 ? `, resumed after step ${event.step}` : '';
        write(`${event.title}: ${event.epochs} epochs of ${event.stepsPerEpoch} steps${from}`);
      } else if (event.type === 'warning') {
        write(event.message);
      } else if (event.type === 'epoch') {
        const left = progress.secondsLeft === undefined ? '' : `, ${duration(progress.secondsLeft)} left`;
        const epoch = `epoch ${event.epoch}/${progress.totalEpochs}`;
        write(`${epoch}: loss ${event.loss.toFixed(4)}, ${duration(event.seconds)}${left}`);
      } else if (event.type === 'evaluation') {
        write(
          `epoch ${event.epoch}/${progress.totalEpochs}: ${accuraciesLine(event)}, ${duration(event.seconds)}`,
        );
      } else if (isStep(event) && performance.now() - writtenAt >= interval) {
        write(statusLine(progress));
      }
    },
    finish: (history) => write(endLine(history)),
    fail: () => {},
    close: () => {},
  };
}

function isStep({ type }: TrainEvent): boolean {
  return type === 'step' || type === 'progress';
}
