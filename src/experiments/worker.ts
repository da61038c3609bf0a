/** The process that computes trials for a sweep, one after the other, on images that it loads once. */
import type { Splits } from '../data/index.js';
import { use } from '../engine/index.js';
import { InputError } from '../errors.js';
import type { Run } from '../train/index.js';
import { computeTrial, describeImages, loadSplits } from './compute-trial.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

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
    splits = await loadSplits(spec, (done, total) => report({ type: 'loading', done, total }));
    return { type: 'ready', images: await describeImages(splits, spec) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { type: 'unusable', reason: error.message };
  }
}

async function compute({
  trial,
  folder,
  checkpointSeconds,
}: Extract<ToWorker, { readonly type: 'trial' }>): Promise<FromWorker> {
  try {
    return await computeTrial(trial, {
      splits,
      folder,
      checkpointSeconds,
      onRun: (run) => {
        running = run;
      },
      report: (message) => {
        if (message.type === 'evaluating') running = undefined;
        report(message);
      },
    });
  } finally {
    running = undefined;
  }
}
