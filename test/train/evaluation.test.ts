import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { embed, knn } from '../../src/evaluate/index.js';
import type { Evaluate, TrainEvent } from '../../src/train/index.js';
import { readEvents } from '../../src/train/index.js';
import { useAnyEngine } from '../engines.js';
import { eventsOf, losses, smallData, smallEncoder, smallMethods, smallRun } from './small-run.js';

let folder: string;
beforeAll(useAnyEngine);
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'dcl-lab-')), 'run');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(join(folder, '..'), { recursive: true });
});

const values = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

/** kNN on the training images themselves. */
const measured: Evaluate = async (encoder) => {
  const features = await embed(encoder, smallData(), { batchSize: 5 });
  return { 'kNN top-1': (await knn(features, features, { k: 3 })).top1 };
};

function evaluations(events: readonly TrainEvent[]) {
  return events.flatMap((event) =>
    event.type === 'evaluation' ? [{ epoch: event.epoch, accuracies: event.accuracies }] : [],
  );
}

describe('evaluation during a run', () => {
  test.each(smallMethods)('of $name changes no number of the training', async (method) => {
    const [plain, evaluated] = [smallEncoder(), smallEncoder()];
    const before = tf.memory().numTensors;
    const expected = await eventsOf(smallRun({ encoder: plain, method }));
    const events = await eventsOf(smallRun({ encoder: evaluated, method, evaluate: measured }));
    expect(losses(events)).toEqual(losses(expected));
    expect(values(evaluated)).toEqual(values(plain));
    expect(tf.memory().numTensors).toBe(before);
    // In inference mode: the same encoder gives the same numbers afterwards.
    expect(evaluations(events).at(-1)!.accuracies).toEqual(
      await measured(evaluated, { epoch: 2, signal: new AbortController().signal }),
    );
  });

  test('comes after every so many epochs and after the last', async () => {
    const evaluate: Evaluate = async (_, { epoch }) => ({ 'top-1': epoch / 10 });
    const events = await eventsOf(smallRun({ epochs: 5, evaluateEvery: 2, evaluate }));
    expect(evaluations(events)).toEqual(
      [2, 4, 5].map((epoch) => ({ epoch, accuracies: { 'top-1': epoch / 10 } })),
    );
    const types = events.map(({ type }) => type);
    expect(types[types.indexOf('evaluation') - 1]).toBe('epoch');
  });

  test('does not count as training', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1;
      return now;
    });
    const evaluate: Evaluate = async () => {
      now += 1e9;
      return { 'top-1': 1 };
    };
    for await (const event of smallRun({ evaluate })) {
      if (event.type === 'epoch' || event.type === 'end') expect(event.seconds).toBeLessThan(1);
      if (event.type === 'step') expect(event.imagesPerSecond).toBeGreaterThan(4);
      if (event.type === 'evaluation') expect(event.seconds).toBeGreaterThan(1e6 - 1);
    }
  });

  test.each([Number.NaN, 43, -1])('refuses %d as an accuracy, after a checkpoint', async (value) => {
    const evaluate: Evaluate = async (_, { epoch }) => ({ top1: epoch === 1 ? 0.5 : value });
    const run = eventsOf(smallRun({ checkpoint: folder, evaluate }));
    await expect(run).rejects.toThrow(`evaluate gave top1 = ${value} after epoch 2`);
    const resumed = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume', evaluate: measured }));
    expect(resumed.map(({ type }) => type)).toEqual(['start', 'evaluation', 'end']);
  });

  test('refuses a number of epochs that is none', () => {
    expect(() => smallRun({ evaluateEvery: 0 })).toThrow('evaluateEvery is 0');
  });
});

describe('a run that is stopped', () => {
  /** Stops the run at the first event for which `when` holds, then resumes it. */
  async function stoppedAndResumed(when: (event: TrainEvent) => boolean, evaluate: Evaluate) {
    const run = smallRun({ checkpoint: folder, evaluate });
    const before: TrainEvent[] = [];
    for await (const event of run) {
      before.push(event);
      if (when(event)) run.stop();
    }
    const encoder = smallEncoder();
    const after = await eventsOf(smallRun({ encoder, checkpoint: folder, existing: 'resume', evaluate }));
    return { before, after, encoder };
  }

  test.each([
    ['before an evaluation', 'epoch', 1],
    ['after an evaluation', 'evaluation', 1],
    ['in the next epoch', 'step', 2],
    ['before the last evaluation', 'epoch', 2],
  ])('%s and resumed has evaluated every epoch once', async (_, type, epoch) => {
    const evaluate = vi.fn(measured);
    const { before, after, encoder } = await stoppedAndResumed(
      (event) => event.type === type && 'epoch' in event && event.epoch === epoch,
      evaluate,
    );
    expect(before.at(-1)).toMatchObject({ type: 'end', reason: 'stopped' });
    expect(after.at(-1)).toMatchObject({ type: 'end', reason: 'completed' });
    const whole = smallEncoder();
    const expected = await eventsOf(smallRun({ encoder: whole, evaluate: measured }));
    expect(evaluations([...before, ...after])).toEqual(evaluations(expected));
    expect(evaluations(await readEvents(folder))).toEqual(evaluations(expected));
    expect(losses([...before, ...after])).toEqual(losses(expected));
    expect(evaluate).toHaveBeenCalledTimes(2);
    expect(values(encoder)).toEqual(values(whole));
  });

  test('during an evaluation leaves a checkpoint, and makes it when it goes on', async () => {
    let run = smallRun();
    const interrupted: Evaluate = async (_, { signal }) => {
      run.stop();
      signal.throwIfAborted();
      return {};
    };
    run = smallRun({ checkpoint: folder, evaluate: interrupted });
    const before = await eventsOf(run);
    expect(before.slice(-2)).toMatchObject([
      { type: 'checkpoint', step: 3 },
      { reason: 'stopped', step: 3 },
    ]);
    expect(evaluations(before)).toEqual([]);
    const after = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume', evaluate: measured }));
    expect(after[1]).toMatchObject({ type: 'evaluation', epoch: 1, step: 3 });
    expect(evaluations(after)).toHaveLength(2);
  });

  test('tells, resumed, what was recorded before', async () => {
    const { before, after } = await stoppedAndResumed(
      (event) => event.type === 'step' && event.step === 4,
      measured,
    );
    const [begun, resumed] = [before[0]!, after[0]!];
    expect(begun).toMatchObject({ type: 'start', recorded: [] });
    expect(resumed).toMatchObject({
      recorded: before.filter(({ type }) => ['step', 'epoch', 'evaluation'].includes(type)),
    });
  });
});
