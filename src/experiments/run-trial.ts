import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import type { Splits } from '../data/index.js';
import { embed, knn, linearEvaluation } from '../evaluate/index.js';
import { byName as lossByName } from '../losses/index.js';
import { byName as methodByName } from '../methods/index.js';
import { byName as encoderByName } from '../models/index.js';
import { pretrain, type Run, readEvents, sgd } from '../train/index.js';
import { computedBy } from './computed-by.js';
import { pooled } from './pooled-multiplier.js';
import type { Measures, ResultRow } from './row.js';
import { trialFiles } from './sweep-folder.js';
import type { Trial, TrialSettings } from './trial.js';
import type { FromWorker } from './worker-messages.js';

export interface RunTrialOptions {
  readonly splits: Splits;
  /** The trial's own; what it holds of an interrupted training is continued. */
  readonly folder: string;
  readonly checkpointSeconds: number;
  readonly report: (message: FromWorker) => void;
  /** Called with the training run before it begins, to stop it. */
  readonly onRun: (run: Run) => void;
}

/** Trains and evaluates. @returns undefined where the training was stopped; it left a checkpoint then */
export async function runTrial(
  { key, settings }: Trial,
  { splits, folder, checkpointSeconds, report, onRun }: RunTrialOptions,
): Promise<ResultRow | undefined> {
  const encoder = encoderOf(settings, splits);
  try {
    const run = join(folder, trialFiles.run);
    const training = trainingOf(settings, splits, encoder, run, checkpointSeconds);
    onRun(training);
    const trainSeconds = await train(training, report);
    if (trainSeconds === undefined) return undefined;
    report({ type: 'evaluating' });
    const started = performance.now();
    const accuracies = await evaluate(settings, splits, encoder);
    const evaluationSeconds = (performance.now() - started) / 1000;
    const measured = await recordOf(run, settings);
    return { key, ...settings, ...accuracies, ...measured, trainSeconds, evaluationSeconds, ...computedBy() };
  } finally {
    encoder.dispose();
  }
}

function encoderOf({ architecture, stem, width, seed }: TrialSettings, { train }: Splits): tf.LayersModel {
  return encoderByName(architecture, {
    stem,
    inputShape: train.shape,
    seed,
    ...(width !== null && { width }),
  });
}

function trainingOf(
  settings: TrialSettings,
  { train }: Splits,
  encoder: tf.LayersModel,
  checkpoint: string,
  checkpointSeconds: number,
): Run {
  const { method, queueSize, keyMomentum, loss, temperature, sigma, headFeatures } = settings;
  const { batchSize, epochs, seed, peakLearningRate, warmupEpochs, momentum, weightDecay, views } = settings;
  return pretrain({
    encoder,
    data: train,
    method: methodByName(method, {
      loss: lossByName(loss, { temperature, ...(sigma !== null && { sigma }) }),
      head: { outputFeatures: headFeatures },
      ...(queueSize !== null && { queueSize }),
      ...(keyMomentum !== null && { keyMomentum }),
    }),
    batchSize,
    epochs,
    seed,
    learningRate: peakLearningRate,
    warmupEpochs,
    optimiser: sgd({ momentum, weightDecay }),
    views: JSON.parse(views),
    checkpoint,
    checkpointSeconds,
    existing: 'resume',
  });
}

/** @returns the seconds spent training, over all sittings, or undefined where the run was stopped */
async function train(run: Run, report: (message: FromWorker) => void): Promise<number | undefined> {
  let totalSteps = 0;
  let seconds: number | undefined;
  for await (const event of run) {
    switch (event.type) {
      case 'start':
        totalSteps = event.totalSteps;
        report({ type: 'begun', step: event.step, totalSteps });
        break;
      case 'step': {
        const { step, loss, imagesPerSecond } = event;
        report({ type: 'step', step, totalSteps, loss, imagesPerSecond });
        break;
      }
      case 'end':
        if (event.reason === 'completed') seconds = event.seconds;
        break;
    }
  }
  return seconds;
}

async function evaluate(
  { knnNeighbours: k, knnTemperature: temperature, linearEpochs: epochs }: TrialSettings,
  { train, test }: Splits,
  encoder: tf.LayersModel,
): Promise<Pick<Measures, 'knnTop1' | 'linearTop1'>> {
  const memory = await embed(encoder, train);
  const queries = await embed(encoder, test);
  const { top1: knnTop1 } = await knn(memory, queries, { k, temperature });
  const { top1: linearTop1 } = await linearEvaluation(memory, queries, { epochs });
  return { knnTop1, linearTop1 };
}

/** What the last epoch's training recorded. */
async function recordOf(
  run: string,
  { epochs }: TrialSettings,
): Promise<Pick<Measures, 'finalLoss' | 'meanQ' | 'variationQ'>> {
  const last = (await readEvents(run)).filter(({ epoch }) => epoch === epochs);
  const q = pooled(last.flatMap((event) => (event.type === 'step' ? [event.multiplier] : [])));
  const finalLoss = last.find((event) => event.type === 'epoch')!.loss;
  return { finalLoss, meanQ: q.mean, variationQ: q.variation };
}
