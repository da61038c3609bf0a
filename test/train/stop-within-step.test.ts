import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PretrainOptions } from '../../src/train/index.js';
import { reporting } from '../../src/train/reporting.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder } from './run-in-folder.js';
import { eventsOf, losses, smallEncoder, smallMethods, smallRun } from './small-run.js';

const path = eachWithAFolder();
let folder: string;
beforeAll(useAnyEngine);
beforeEach(() => {
  folder = path();
});

const values = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const ways: [string, Partial<PretrainOptions>, number[]][] = [
  ['chunks', { chunkSize: 2 }, [0.25, 0.5, 0.75, 1]],
  ['accumulated batches', { batchSize: 2, accumulate: 2 }, [0.5, 1]],
];

describe.each(smallMethods)('a run of $name', (method) => {
  describe.each(ways)('in %s', (_, options, parts) => {
    test('tells how far each step is', async () => {
      const events = await eventsOf(smallRun({ method, ...options }));
      const reached = events.flatMap((event) => (event.type === 'progress' ? [event.step] : []));
      expect(reached).toEqual([0, 1, 2, 3, 4, 5].flatMap((step) => parts.map((part) => step + part)));
    });

    test.each(['stopped', 'left'])(
      '%s within a step ends at the step before, and resumes exactly',
      async (how) => {
        const whole = smallEncoder();
        const expected = losses(await eventsOf(smallRun({ encoder: whole, method, ...options })));
        const before = tf.memory().numTensors;
        const encoder = smallEncoder();
        const run = smallRun({ encoder, method, ...options, checkpoint: folder });
        const seen: number[] = [];
        for await (const event of run) {
          if (event.type === 'step') seen.push(event.loss);
          if (event.type === 'end') expect(event).toMatchObject({ reason: 'stopped', step: 2 });
          if (event.type !== 'progress' || event.step !== 2 + parts[0]!) continue;
          if (how === 'left') break;
          run.stop();
        }
        encoder.dispose();
        expect(tf.memory().numTensors).toBe(before);
        const resumed = smallEncoder();
        const rest = await eventsOf(
          smallRun({ encoder: resumed, method, ...options, checkpoint: folder, existing: 'resume' }),
        );
        expect(rest[0]).toMatchObject({ step: 2 });
        expect([...seen, ...losses(rest)]).toEqual(expected);
        expect(values(resumed)).toEqual(values(whole));
      },
    );
  });
});

test('between reported steps a run tells of each', async () => {
  const events = await eventsOf(smallRun({ reportEvery: 2 }));
  const reached = events.flatMap((event) => (event.type === 'progress' ? [event.step] : []));
  expect(reached).toEqual([1, 5]);
});

describe('reporting', () => {
  test('gives reports in order, then the result', async () => {
    const events = reporting<number, string>(async (report) => {
      for (const event of [1, 2, 3]) await report(event);
      return 'done';
    });
    const seen: unknown[] = [];
    for (let next = await events.next(); ; next = await events.next()) {
      seen.push(next.value);
      if (next.done) break;
    }
    expect(seen).toEqual([1, 2, 3, 'done']);
  });

  test('lets the work wait while the reader is at an event', async () => {
    let worked = 0;
    const events = reporting<number, void>(async (report) => {
      for (;;) {
        worked += 1;
        await report(worked);
      }
    });
    await events.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(worked).toBe(1);
    await events.next();
    expect(worked).toBe(2);
    await events.return();
  });

  test('throws what the work throws', async () => {
    const events = reporting<number, void>(async (report) => {
      await report(1);
      throw new Error('broken');
    });
    await events.next();
    await expect(events.next()).rejects.toThrow('broken');
  });

  test('where the reader leaves, has the work end first', async () => {
    let ended = false;
    const events = reporting<number, void>(async (report) => {
      try {
        await report(1);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 5));
        ended = true;
      }
    });
    for await (const _ of events) break;
    expect(ended).toBe(true);
  });
});
