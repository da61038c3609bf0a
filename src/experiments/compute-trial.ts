/** What a process that computes trials does, whoever asks it to. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fingerprint } from '../data/fingerprint.js';
import { type Dataset, defaultViews, load, type Splits, subset } from '../data/index.js';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { DivergenceError } from '../train/index.js';
import { RunLock } from '../train/run-lock.js';
import { type RunTrialOptions, runTrial } from './run-trial.js';
import type { SweepSpec } from './spec.js';
import { trialFiles } from './sweep-folder.js';
import type { SweepImages, Trial } from './trial.js';
import type { FromWorker } from './worker-messages.js';

/** How long a process that an ended sweep left behind may take to finish its step, in seconds. */
const patience = 120;

/** The part of a spec that says which images. */
export type ImagesSpec = Pick<SweepSpec, 'data' | 'size' | 'images' | 'testImages'>;

/** Loads the images, telling every second how far it is. @throws InputError where they cannot be used */
export async function loadSplits(
  { data, size, images, testImages }: ImagesSpec,
  onLoading: (done: number, total: number) => void,
): Promise<Splits> {
  let nextProgress = performance.now() + 1000;
  const { train, test } = await load(data, {
    ...(size && { size }),
    strict: true,
    onProgress: (event) => {
      if (event.type !== 'decode' || performance.now() < nextProgress) return;
      nextProgress = performance.now() + 1000;
      onLoading(event.done, event.total);
    },
  });
  const part = (dataset: Dataset, count: number | undefined) =>
    count === undefined ? dataset : subset(dataset, count);
  return { train: part(train, images), test: part(test, testImages) };
}

/** What a trial's settings say of its images. */
export async function describeImages(
  { train, test }: Splits,
  { views }: Pick<SweepSpec, 'views'>,
): Promise<SweepImages> {
  return {
    data: train.name,
    images: train.length,
    fingerprint: await fingerprint(train),
    testData: test.name,
    testImages: test.length,
    testFingerprint: await fingerprint(test),
    views: { ...defaultViews(train), ...views },
  };
}

/** Trains and evaluates, and keeps the row in the trial's folder. */
export async function computeTrial(
  trial: Trial,
  options: RunTrialOptions,
): Promise<Extract<FromWorker, { readonly type: 'finished' | 'failed' | 'stopped' }>> {
  const lock = await lockWhenFree(options.folder);
  try {
    const row = await runTrial(trial, options);
    if (row === undefined) return { type: 'stopped' };
    await writeDurably(join(options.folder, trialFiles.result), `${JSON.stringify(row, null, 2)}\n`);
    return { type: 'finished', row };
  } catch (error) {
    // Anything else may have left this process in disorder: it ends, and the next trial gets another.
    if (!(error instanceof InputError || error instanceof DivergenceError)) throw error;
    return { type: 'failed', reason: error.message };
  } finally {
    await lock.release();
  }
}

/** A sweep that was killed leaves a process behind for as long as its step takes. */
async function lockWhenFree(folder: string): Promise<RunLock> {
  const deadline = performance.now() + patience * 1000;
  for (;;) {
    try {
      return await RunLock.take(folder);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(100);
    }
  }
}
