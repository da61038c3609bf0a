/** The process that computes trials for a sweep, one after the other, on images that it loads once. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fingerprint } from '../data/fingerprint.js';
import { type Dataset, defaultViews, load, type Splits, subset } from '../data/index.js';
import { writeDurably } from '../durable-file.js';
import { use } from '../engine/index.js';
import { InputError } from '../errors.js';
import { DivergenceError, type Run } from '../train/index.js';
import { RunLock } from '../train/run-lock.js';
import { runTrial } from './run-trial.js';
import type { SweepSpec } from './spec.js';
import { trialFiles } from './sweep-folder.js';
import type { SweepImages } from './trial.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** How long a process that an ended sweep left behind may take to finish its step, in seconds. */
const patience = 120;

let splits: Splits;
let running: Run | undefined;

// Ctrl-C and a cluster's SIGTERM reach all of a sweep's processes; the sweep says when to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
// Without the sweep nobody waits for the trial: it continues from its checkpoint.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') stop();
  else answer(message).then(report, giveUp);
});

function report(message: FromWorker): void {
  process.send!(message);
}

function giveUp(error: unknown): void {
  console.error(error);
  process.exit(1);
}

/** Evaluations cannot be stopped half-way, but nothing is lost by leaving them. */
function stop(): void {
  if (running === undefined) process.exit(0);
  running.stop();
}

async function answer(message: Exclude<ToWorker, { readonly type: 'stop' }>): Promise<FromWorker> {
  return message.type === 'open' ? open(message) : compute(message);
}

async function open({ spec, engine }: Extract<ToWorker, { readonly type: 'open' }>): Promise<FromWorker> {
  try {
    await use(engine);
    splits = await loadSplits(spec);
    return { type: 'ready', images: await describe(splits, spec) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { type: 'unusable', reason: error.message };
  }
}

async function loadSplits({ data, size, images, testImages }: SweepSpec): Promise<Splits> {
  let nextProgress = performance.now() + 1000;
  const { train, test } = await load(data, {
    ...(size && { size }),
    strict: true,
    onProgress: (event) => {
      if (event.type !== 'decode' || performance.now() < nextProgress) return;
      nextProgress = performance.now() + 1000;
      report({ type: 'loading', done: event.done, total: event.total });
    },
  });
  const part = (dataset: Dataset, count: number | undefined) =>
    count === undefined ? dataset : subset(dataset, count);
  return { train: part(train, images), test: part(test, testImages) };
}

async function describe({ train, test }: Splits, { views }: SweepSpec): Promise<SweepImages> {
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

async function compute({
  trial,
  folder,
  checkpointSeconds,
}: Extract<ToWorker, { readonly type: 'trial' }>): Promise<FromWorker> {
  const lock = await lockWhenFree(folder);
  try {
    const onRun = (run: Run) => {
      running = run;
    };
    const row = await runTrial(trial, {
      splits,
      folder,
      checkpointSeconds,
      onRun,
      report: (message) => {
        if (message.type === 'evaluating') running = undefined;
        report(message);
      },
    });
    if (row === undefined) return { type: 'stopped' };
    await writeDurably(join(folder, trialFiles.result), `${JSON.stringify(row, null, 2)}\n`);
    return { type: 'finished', row };
  } catch (error) {
    // Anything else may have left this process in disorder: it ends, and the next trial gets another.
    if (!(error instanceof InputError || error instanceof DivergenceError)) throw error;
    return { type: 'failed', reason: error.message };
  } finally {
    running = undefined;
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
