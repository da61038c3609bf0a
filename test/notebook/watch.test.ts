import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watch } from '../../src/notebook/index.js';
import { duration } from '../../src/notebook/watch/status-line.js';
import type { RecordedEvent, Run, StepEvent, TrainEvent } from '../../src/train/index.js';
import { FakeHost, type Shown } from './fake-host.js';

const histogram = Array.from({ length: 20 }, (_, bin) => (bin < 4 ? 16 : 0));
const multiplier = { mean: 0.125, variation: 0.5, histogram };

interface Extras {
  readonly warning?: string;
  /** Whether each epoch is evaluated. */
  readonly evaluates?: boolean;
  /** What an earlier sitting recorded. */
  readonly recorded?: readonly RecordedEvent[];
}

function stepEvent(step: number): StepEvent {
  const [epoch, loss] = [Math.ceil(step / 3), 4 - step / 2];
  return { type: 'step', step, epoch, loss, learningRate: 0.1, imagesPerSecond: 1234.5, multiplier };
}

/** A run of two epochs of three steps each that stops when told. */
function shortRun(onStep: (step: number) => void = () => {}, extras: Extras = {}): Run {
  let stopped = false;
  const { warning, evaluates = false, recorded = [] } = extras;
  const before = recorded.at(-1)?.step ?? 0;
  return {
    stop: () => {
      stopped = true;
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<TrainEvent> {
      yield {
        type: 'start',
        step: before,
        totalSteps: 6,
        stepsPerEpoch: 3,
        epochs: 2,
        title: 'simclr dcl on mnist train',
        recorded,
      };
      if (warning !== undefined) yield { type: 'warning', message: warning };
      let step = before;
      while (step < 6 && !stopped) {
        step += 1;
        const epoch = Math.ceil(step / 3);
        yield { type: 'progress', step: step - 0.5 };
        yield stepEvent(step);
        if (step % 3 === 0) yield { type: 'epoch', epoch, step, loss: 3, seconds: 65 };
        if (step % 3 === 0 && evaluates) {
          yield { type: 'evaluation', epoch, step, accuracies: { 'kNN top-1': epoch / 4 }, seconds: 5 };
        }
        onStep(step);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      yield { type: 'checkpoint', step, path: 'runs/first' };
      yield { type: 'end', reason: stopped ? 'stopped' : 'completed', step, seconds: 130 };
    },
  };
}

describe('outside Jupyter, with the output in a file', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, 'error').mockImplementation((line: string) => {
      lines.push(line);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  test('prints a warning after the line for the start', async () => {
    await watch(shortRun(() => {}, { warning: 'This adds no negatives.' }));
    expect(lines[1]).toBe('This adds no negatives.');
  });

  test('prints a line for the start, each epoch and the end, and returns the history', async () => {
    const history = await watch(shortRun());
    expect(lines).toEqual([
      'simclr dcl on mnist train: 2 epochs of 3 steps',
      expect.stringMatching(/^epoch 1\/2: loss 3.0000, 1 min 5 s, \d+ s left$/),
      expect.stringMatching(/^epoch 2\/2: loss 3.0000, 1 min 5 s, 0 s left$/),
      'completed at step 6 after 2 min 10 s, loss 1.000',
    ]);
    expect(history).toMatchObject({ reason: 'completed', seconds: 130, title: 'simclr dcl on mnist train' });
    expect(history.steps.map(({ loss }) => loss)).toEqual([3.5, 3, 2.5, 2, 1.5, 1]);
    expect(history.epochs).toHaveLength(2);
  });

  test('prints a line for each evaluation, and returns them', async () => {
    const history = await watch(shortRun(() => {}, { evaluates: true }));
    expect(lines[2]).toBe('epoch 1/2: kNN top-1 25.0 %, 5 s');
    expect(lines.at(-1)).toBe('completed at step 6 after 2 min 10 s, loss 1.000, kNN top-1 50.0 %');
    expect(history.evaluations.map(({ accuracies }) => accuracies)).toEqual([
      { 'kNN top-1': 0.25 },
      { 'kNN top-1': 0.5 },
    ]);
  });

  test('a run that is resumed tells of its earlier sittings too', async () => {
    const recorded: RecordedEvent[] = [
      ...[1, 2, 3].map(stepEvent),
      { type: 'epoch', epoch: 1, step: 3, loss: 3, seconds: 65 },
      { type: 'evaluation', epoch: 1, step: 3, accuracies: { 'kNN top-1': 0.25 }, seconds: 5 },
    ];
    const history = await watch(shortRun(() => {}, { evaluates: true, recorded }));
    const { seconds: _, checkpoint, ...whole } = await watch(shortRun(() => {}, { evaluates: true }));
    expect(history).toMatchObject(whole);
    expect(checkpoint).toBe('runs/first');
    expect(lines[0]).toContain('resumed after step 3');
  });

  test('Ctrl-C ends the run by its own means, and its handler is taken back', async () => {
    const before = process.listenerCount('SIGINT');
    const history = await watch(shortRun((step) => step === 2 && process.emit('SIGINT', 'SIGINT')));
    expect(history.reason).toBe('stopped');
    expect(history.steps).toHaveLength(2);
    expect(lines.at(-1)).toBe('stopped at step 2 after 2 min 10 s, loss 3.000, checkpoint runs/first');
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  test('an error of the run is thrown and leaves no handler behind', async () => {
    const before = process.listenerCount('SIGINT');
    const failing = shortRun(() => {
      throw new Error('loss is NaN at step 1');
    });
    await expect(watch(failing)).rejects.toThrow('loss is NaN at step 1');
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

function curves({ data }: Shown): number[][] {
  const figure = data['application/vnd.plotly.v1+json'] as unknown as { data: { y: number[] }[] };
  return figure.data.map(({ y }) => y);
}

describe('in the kernel', () => {
  const host = new FakeHost();
  beforeEach(() => host.install());
  afterEach(() => host.remove());

  test('redraws one chart in place, at most once a second, and leaves a picture', async () => {
    vi.stubEnv('DCL_LAB_PLOTLY', 'omit');
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    await watch(shortRun((step) => step === 5 && clock.mockReturnValue(1000), { evaluates: true }));
    await host.finished();
    clock.mockRestore();
    vi.unstubAllEnvs();
    expect(new Set(host.shown.map(({ id }) => id)).size).toBe(1);
    expect(host.shown.map(({ data }) => 'image/png' in data)).toEqual([false, false, false, true]);
    expect(host.shown[1]?.data['text/plain']).toMatch(
      /epoch 2\/2, step 5.50\/6, .*left, loss 1.500, q 0.13, kNN top-1 25.0 %$/,
    );
    const last = host.shown.at(-1)!;
    expect(last.data).toHaveProperty('image/png');
    expect(last.data['text/plain']).toBe(
      'simclr dcl on mnist train: completed at step 6 after 2 min 10 s, loss 1.000, kNN top-1 50.0 %',
    );
    expect(curves(last)).toEqual([
      [3.5, 3, 2.5, 2, 1.5, 1],
      histogram.map((count) => (count === 0 ? 0 : 25)),
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
      [25, 50],
    ]);
  });

  test('after an error the last charts stay, with all that was reported', async () => {
    vi.stubEnv('DCL_LAB_PLOTLY', 'omit');
    const failing = shortRun((step) => {
      if (step === 4) throw new RangeError('loss is NaN');
    });
    await expect(watch(failing)).rejects.toThrow('loss is NaN');
    await host.finished();
    vi.unstubAllEnvs();
    const last = host.shown.at(-1)!;
    expect(last.data).toHaveProperty('image/png');
    expect(last.data['text/plain']).toBe('simclr dcl on mnist train: ended by RangeError after step 4');
    expect(curves(last)[0]).toEqual([3.5, 3, 2.5, 2]);
    expect(host.stops.size).toBe(0);
  });

  test('the stop button ends the run by its own means', async () => {
    const history = await watch(
      shortRun((step) => {
        if (step === 2) for (const stop of host.stops) stop();
      }),
    );
    expect(history.reason).toBe('stopped');
    expect(host.stops.size).toBe(0);
  });
});

test('durations are told as people say them', () => {
  expect([0.4, 59.4, 59.6, 130, 3599.6, 11_100].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '2 min 10 s',
    '1 h 0 min',
    '3 h 5 min',
  ]);
});
