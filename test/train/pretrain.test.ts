import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { simclrViews } from '../../src/data/index.js';
import { contrastiveLoss } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { DivergenceError } from '../../src/train/index.js';
import { useAnyEngine } from '../engines.js';
import { eventsOf, losses, smallData, smallEncoder, smallMethods, smallRun } from './small-run.js';

beforeAll(useAnyEngine);
afterEach(() => {
  vi.restoreAllMocks();
});

describe('pretrain', () => {
  test('reports start, every step, every epoch and the end, in order', async () => {
    const events = await eventsOf(smallRun());
    expect(events.map(({ type }) => type)).toEqual([
      ...['start', 'step', 'step', 'step', 'epoch', 'step', 'step', 'step', 'epoch', 'end'],
    ]);
    expect(events[0]).toMatchObject({
      step: 0,
      totalSteps: 6,
      stepsPerEpoch: 3,
      title: 'simclr dcl on noise',
    });
    expect(events.at(-1)).toMatchObject({ reason: 'completed', step: 6 });
  });

  test('reports the mean loss of an epoch and the multipliers of a batch', async () => {
    const events = await eventsOf(smallRun());
    const [a, b, c] = losses(events);
    const epoch = events.find(({ type }) => type === 'epoch');
    expect(epoch).toMatchObject({ epoch: 1, step: 3, loss: (a! + b! + c!) / 3 });
    const step = events.find((event) => event.type === 'step')!;
    expect(step.multiplier.histogram.reduce((sum, n) => sum + n, 0)).toBe(8);
  });

  test('reports every so many steps and at the end of each epoch', async () => {
    const events = await eventsOf(smallRun({ reportEvery: 2 }));
    expect(events.flatMap((event) => (event.type === 'step' ? [event.step] : []))).toEqual([2, 3, 4, 6]);
  });

  test('gives the same losses for the same seed and others for another', async () => {
    const first = losses(await eventsOf(smallRun({ seed: 3 })));
    expect(losses(await eventsOf(smallRun({ seed: 3 })))).toEqual(first);
    expect(losses(await eventsOf(smallRun({ seed: 4 })))).not.toEqual(first);
  });

  test('trains the encoder in place, its batch norm statistics included', async () => {
    const encoder = smallEncoder();
    const before = encoder.getWeights().map((weight) => [...weight.dataSync()]);
    await eventsOf(smallRun({ encoder }));
    const after = encoder.getWeights().map((weight) => [...weight.dataSync()]);
    for (const [i, values] of after.entries()) expect(values).not.toEqual(before[i]);
  });

  test('in one chunk trains as on whole batches', async () => {
    const expected = losses(await eventsOf(smallRun()));
    const actual = losses(await eventsOf(smallRun({ chunkSize: 4 })));
    for (const [i, loss] of expected.entries()) expect(actual[i]).toBeCloseTo(loss, 4);
  });

  test('lowers the loss where both views are the image itself', async () => {
    const views = simclrViews({
      cropScale: [1, 1],
      cropRatio: [1, 1],
      jitterProbability: 0,
      flipProbability: 0,
    });
    const values = losses(
      await eventsOf(
        smallRun({ encoder: smallEncoder(4), views, epochs: 30, batchSize: 12, learningRate: 0.01 }),
      ),
    );
    expect(values.at(-1)!).toBeLessThan(values[0]! - 0.2);
  });

  test('stops after the step under way when asked', async () => {
    const run = smallRun();
    const events = [];
    for await (const event of run) {
      events.push(event);
      if (event.type === 'step' && event.step === 2) run.stop();
    }
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'stopped', step: 2 });
  });

  test('can be read once only', async () => {
    const run = smallRun();
    await eventsOf(run);
    await expect(eventsOf(run)).rejects.toThrow('A run can be read once only');
  });

  describe.each(smallMethods)('of $name', (method) => {
    const smallCrops = { count: 2, size: 4, scale: [0.2, 0.5] as const };
    const views = simclrViews({ smallCrops });
    const anchors: Record<string, number> = {
      // Two pairs more for each crop, of two anchors each; a query more; a prediction more for either neighbour.
      simclr: 4 * 2 * (1 + 2 * 2),
      moco: 4 * (1 + 2),
      nnclr: 4 * 2 * (1 + 2),
    };

    test.each([undefined, 2])('trains with small crops, in chunks of %s', async (chunkSize) => {
      const encoder = smallEncoder();
      const before = encoder.getWeights().map((weight) => [...weight.dataSync()]);
      const chunks = chunkSize === undefined ? {} : { chunkSize };
      const events = await eventsOf(smallRun({ encoder, method, views, ...chunks }));
      expect(losses(events)).toHaveLength(6);
      for (const event of events) {
        if (event.type !== 'step') continue;
        expect(event.multiplier.histogram.reduce((sum, n) => sum + n, 0)).toBe(anchors[method.name]);
      }
      const after = encoder.getWeights().map((weight) => [...weight.dataSync()]);
      for (const [i, values] of after.entries()) expect(values).not.toEqual(before[i]);
    });

    test('in one chunk trains as on whole batches, small crops included', async () => {
      const expected = losses(await eventsOf(smallRun({ method, views })));
      const actual = losses(await eventsOf(smallRun({ method, views, chunkSize: 4 })));
      for (const [i, loss] of expected.entries()) expect(actual[i]).toBeCloseTo(loss, 4);
    });

    test('leaves nothing in memory but the encoder', async () => {
      const encoder = smallEncoder();
      const before = tf.memory().numTensors;
      await eventsOf(smallRun({ encoder, method, views }));
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test("counts the time between two reads as the reader's own", async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1;
      return now;
    });
    const seconds: number[] = [];
    for await (const event of smallRun()) {
      now += 1e9;
      if (event.type === 'epoch' || event.type === 'end') seconds.push(event.seconds);
      if (event.type === 'step') expect(event.imagesPerSecond).toBeGreaterThan(4);
    }
    expect(seconds).toHaveLength(3);
    for (const value of seconds) expect(value).toBeLessThan(1);
  });

  test('stops at a loss that is no number, naming step, epoch, batch and images', async () => {
    const loss = contrastiveLoss('broken', { temperature: 0.1 }, ({ positives }) =>
      tf.mul(positives, tf.scalar(Number.NaN)),
    );
    const error = await eventsOf(smallRun({ method: simclr({ loss }) })).catch((reason) => reason);
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error.message).toMatch(
      /NaN at step 1 \(epoch 1, batch 1; images \d+, \d+, \d+, \d+ of noise\)\. No checkpoint/,
    );
  });

  test.each([
    [{ batchSize: 13 }, 'noise, which has 12 images'],
    [{ batchSize: 1 }, 'batchSize is 1'],
    [{ chunkSize: 3 }, 'chunkSize is 3, of which a batch of 4 is no multiple'],
    [{ epochs: 0 }, 'epochs is 0'],
    [{ seed: -1 }, 'seed is -1'],
    [{ seed: 2 ** 33 }, 'seed is 8589934592'],
    [{ warmupEpochs: -3 }, 'warmupEpochs is -3'],
    [{ warmupEpochs: 2.5 }, 'warmupEpochs is 2.5; it must be a number from 0 to 2'],
    [{ warmupStart: 1 }, 'warmupStart is 1; it must be a number from 0 to 0.1'],
    [{ cosineFloor: -1 }, 'cosineFloor is -1'],
    [{ learningRate: { base: 0, scaling: 'linear' as const } }, 'learningRate.base is 0'],
    [{ checkpointSeconds: Number.NaN }, 'checkpointSeconds is NaN'],
    [{ existing: 'replace' as 'resume' }, "existing is 'replace'; choose refuse, resume, overwrite"],
    [{ views: { ...simclrViews(), hue: 2 } }, 'hue'],
    [{ learningRate: Number.NaN }, 'learningRate is NaN'],
    [{ reportEvery: 0.5 }, 'reportEvery is 0.5'],
    [{ data: { ...smallData(), shape: [6, 6, 3] as const } }, 'inputShape: [6,6,3]'],
  ])('refuses %o before anything starts', (options, message) => {
    expect(() => smallRun(options)).toThrow(message);
  });
});
