import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { estimate } from '../../src/train/index.js';
import { smallData, smallEncoder } from './small-run.js';

const folder = mkdtempSync(join(tmpdir(), 'dcl-lab-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = () => ({
  encoder: smallEncoder(),
  data: smallData(),
  method: simclr({ loss: dcl() }),
  batchSize: 4,
  epochs: 1000,
});

test('a few steps tell the time of all, and change and write nothing', async () => {
  const given = options();
  const before = given.encoder.getWeights().map((weight) => weight.arraySync());
  const progress: [number, number][] = [];
  const checkpoint = join(folder, 'run');
  const { imagesPerSecond, totalSteps, seconds, peakMemory } = await estimate(
    { ...given, checkpoint },
    { steps: 2, onProgress: (...state) => progress.push(state) },
  );
  expect(totalSteps).toBe(3000);
  expect(imagesPerSecond).toBeGreaterThan(0);
  expect(seconds).toBeCloseTo((3000 * 4) / imagesPerSecond, 6);
  expect(peakMemory).toBeGreaterThan(process.memoryUsage().heapUsed);
  expect(progress.map(([done]) => done)).toEqual([1, 2, 3, 4, 5]);
  expect(given.encoder.getWeights().map((weight) => weight.arraySync())).toEqual(before);
  expect(existsSync(checkpoint)).toBe(false);
});

test('refuses a run too short to measure', async () => {
  await expect(estimate({ ...options(), epochs: 1 }, { steps: 1 })).rejects.toThrow('has 3 steps, too few');
});
