import type { SupervisedEndEvent, SupervisedEvent, SupervisedRun } from '../../evaluate/index.js';
import { openOutput } from '../display/output.js';
import { toBundle } from '../display/presentation.js';
import { onInterrupt } from './interrupt.js';
import { duration, speed } from './status-line.js';

/** A notebook's line is replaced, and a log gets a line of a step, at most this often, in milliseconds. */
const notebookInterval = 1_000;
const logInterval = 10_000;

/**
 * Reads an online linear evaluation or a fine-tuning to its end and tells of it: in Jupyter in the cell, elsewhere as lines on
 * standard error. The notebook's stop button, or Ctrl-C, ends it after the step under way,
 * or the batch that is being measured, with a checkpoint if it has a folder; the same call with `existing: 'resume'` goes on.
 * @returns the end event, with the result of a run that was completed
 * @throws What the run throws
 */
export async function watchEvaluation(run: SupervisedRun): Promise<SupervisedEndEvent> {
  const view = openView();
  const release = onInterrupt(() => run.stop());
  let end: SupervisedEndEvent | undefined;
  try {
    for await (const event of run) {
      view(event);
      if (event.type === 'end') end = event;
    }
  } finally {
    release();
  }
  return end!;
}

function openView(): (event: SupervisedEvent) => void {
  const output = openOutput();
  const line = new EvaluationLines();
  let writtenAt = Number.NEGATIVE_INFINITY;
  return (event) => {
    const text = line.of(event);
    const interval = output === undefined ? logInterval : notebookInterval;
    if (text === undefined || (frequent(event) && performance.now() - writtenAt < interval)) return;
    writtenAt = performance.now();
    if (output === undefined) console.error(text);
    else output.show(toBundle({ text }));
  };
}

function frequent({ type }: SupervisedEvent): boolean {
  return type === 'step' || type === 'measuring';
}

/** Puts events into words. */
class EvaluationLines {
  #title = '';
  #epochs = 0;
  #totalSteps = 0;

  of(event: SupervisedEvent): string | undefined {
    switch (event.type) {
      case 'start': {
        this.#title = event.title;
        this.#epochs = event.epochs;
        this.#totalSteps = event.totalSteps;
        const from = event.step > 0 ? `, resumed after step ${event.step}` : '';
        return `${event.title}: ${event.epochs} epochs of ${event.stepsPerEpoch} steps${from}`;
      }
      case 'step': {
        const { epoch, step, loss, imagesPerSecond, secondsLeft } = event;
        const place = `epoch ${epoch}/${this.#epochs}, step ${step}/${this.#totalSteps}`;
        return `${place}, loss ${loss.toFixed(3)}, ${speed(imagesPerSecond)}, ${duration(secondsLeft)} left`;
      }
      case 'measuring':
        return `${this.#title}: measured ${event.done} of ${event.total} test images`;
      case 'epoch': {
        const { epoch, loss, top1, top5, seconds } = event;
        const accuracies = `top-1 ${percent(top1)}, top-5 ${percent(top5)}`;
        return `epoch ${epoch}/${this.#epochs}: loss ${loss.toFixed(4)}, ${accuracies}, ${duration(seconds)}`;
      }
      case 'end': {
        const accuracy =
          event.result === undefined ? '' : `, top-1 ${percent(event.result.top1)} after the last epoch`;
        return `${this.#title}: ${event.reason} at step ${event.step} after ${duration(event.seconds)}${accuracy}`;
      }
      case 'checkpoint':
        return undefined;
    }
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
