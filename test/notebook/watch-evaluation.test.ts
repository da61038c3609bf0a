import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SupervisedEvent, SupervisedResult, SupervisedRun } from '../../src/evaluate/index.js';
import { watchEvaluation } from '../../src/notebook/index.js';
import { FakeHost } from './fake-host.js';

const result: SupervisedResult = {
  top1: 0.4567,
  top5: 0.8,
  perClass: [],
  classes: [],
  labels: new Int32Array(0),
  predictions: new Int32Array(0),
  confidences: new Float32Array(0),
  logLikelihoods: new Float32Array(0),
  history: [],
  maximumOverEpochs: { epoch: 1, top1: 0.5 },
};

/** A run of two steps that stops after the first when told. */
function shortRun(onStep: () => void = () => {}): SupervisedRun {
  let stopped = false;
  const title = 'fine-tuning of resnet50 on imagenet train';
  return {
    stop: () => {
      stopped = true;
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<SupervisedEvent> {
      yield { type: 'start', step: 0, totalSteps: 2, stepsPerEpoch: 2, epochs: 1, title, recorded: [] };
      const pace = { learningRate: 0.1, imagesPerSecond: 99.6, secondsLeft: 75 };
      yield { type: 'step', step: 1, epoch: 1, loss: 2.3456, ...pace };
      onStep();
      if (stopped) {
        yield { type: 'end', reason: 'stopped', step: 1, seconds: 65, result: undefined };
        return;
      }
      yield { type: 'epoch', epoch: 1, step: 2, loss: 2, seconds: 130, top1: 0.4567, top5: 0.8 };
      yield { type: 'checkpoint', step: 2, path: 'runs/tuned' };
      yield { type: 'end', reason: 'completed', step: 2, seconds: 130, result };
    },
  };
}

describe('outside Jupyter', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, 'error').mockImplementation((line: string) => {
      lines.push(line);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  test('prints a line for the start, each epoch and the end, and gives back the result', async () => {
    const end = await watchEvaluation(shortRun());
    expect(end.result).toBe(result);
    expect(lines).toEqual([
      'fine-tuning of resnet50 on imagenet train: 1 epochs of 2 steps',
      'epoch 1/1: loss 2.0000, top-1 45.67 %, top-5 80.00 %, 2 min 10 s',
      'fine-tuning of resnet50 on imagenet train: completed at step 2 after 2 min 10 s, top-1 45.67 % after the last epoch',
    ]);
  });

  test('Ctrl-C stops the run', async () => {
    const end = await watchEvaluation(shortRun(() => process.emit('SIGINT')));
    expect(end).toMatchObject({ reason: 'stopped', result: undefined });
    expect(lines.at(-1)).toContain('stopped at step 1 after 1 min 5 s');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('in a notebook', () => {
  const host = new FakeHost();
  beforeEach(() => host.install());
  afterEach(() => host.remove());

  test('replaces one output, and the stop button stops the run', async () => {
    const pressStop = () => {
      for (const stop of host.stops) stop();
    };
    const end = await watchEvaluation(shortRun(pressStop));
    expect(end.reason).toBe('stopped');
    expect(new Set(host.shown.map(({ id }) => id)).size).toBe(1);
    expect(host.shown.at(-1)!.data['text/plain']).toContain('stopped at step 1');
    expect(host.stops.size).toBe(0);
  });
});
