import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory, simclrViews } from '../../../src/data/index.js';
import { use } from '../../../src/engine/index.js';
import { byName as lossByName } from '../../../src/losses/index.js';
import {
  type HeadOptions,
  type Learner,
  type MethodOptions,
  byName as methodByName,
} from '../../../src/methods/index.js';
import {
  copyOf,
  keepingStatistics,
  type ResNetOptions,
  type ResNetParts,
  resnet,
  resnets,
} from '../../../src/models/index.js';
import { batchGradients } from '../../../src/train/batch-gradients.js';
import {
  cosineWithWarmup,
  lars,
  loadEncoder,
  loadModels,
  type OptimiserChoice,
  pretrain,
  saveInitialWeights,
  sgd,
  torchPretrainingOfRun,
  torchScript,
} from '../../../src/train/index.js';
import { TrainingStep } from '../../../src/train/training-step.js';
import { open, type StoredTensor } from '../../../src/weights/index.js';
import { encoderState, stateOf } from '../../../src/weights/state-dict.js';
import { hasPyTorch, inPython, skipped, torchrun } from './python.js';

const script = fileURLToPath(new URL('steps.py', import.meta.url));

interface Case {
  /** `simclr` by default. */
  readonly method?: string;
  readonly methodOptions?: Omit<MethodOptions, 'loss' | 'head'>;
  readonly loss: string;
  readonly parts: ResNetParts;
  readonly options: ResNetOptions;
  readonly head: HeadOptions;
  readonly optimiser: OptimiserChoice;
  /** 3 by default. */
  readonly steps?: number;
  /** Largest error of gradients and weights, see `errorOf`; 1e-4 by default. */
  readonly tolerance?: number;
}

/** Each method with each loss, each form of the optimiser, place of batch norm in the head and kind of encoder. */
const cases: readonly Case[] = [
  {
    loss: 'infonce',
    parts: resnets.resnet8,
    options: { width: 4 },
    head: { batchNorm: 'hidden', outputFeatures: 8 },
    optimiser: sgd({ weightDecay: 1e-3 }),
  },
  {
    loss: 'dcl',
    parts: resnets.resnet8,
    options: { width: 4, standardise: 'imagenet' },
    head: { batchNorm: 'all', outputFeatures: 16, hiddenFeatures: 24 },
    optimiser: lars({ form: 'pytorch', trustCoefficient: 0.02, weightDecay: 1e-2, clip: true }),
  },
  {
    loss: 'dclw',
    parts: { block: 'bottleneck', stages: [2, 1] },
    options: { width: 4, stem: 'imagenet' },
    head: { batchNorm: 'none', outputFeatures: 8 },
    optimiser: lars({ form: 'google', trustCoefficient: 0.02, weightDecay: 1e-2 }),
  },
  {
    loss: 'dcl',
    parts: { block: 'basic', stages: [1, 1] },
    options: { width: 4, stem: { kernelSize: 3, stride: 1, padding: 2, relu: false, pool: false } },
    head: { batchNorm: 'hidden', outputFeatures: 8 },
    optimiser: sgd({ weightDecay: 1e-2, excludeBiasesAndNorms: true }),
  },
  {
    // torchvision's. Of its 2 million activations some lie so close to 0 that rounding decides whether a ReLU passes them.
    loss: 'dcl',
    parts: resnets.resnet18,
    options: { width: 64 },
    head: { batchNorm: 'hidden' },
    optimiser: sgd(),
    steps: 1,
    tolerance: 0.05,
  },
  // Queues that a batch does not divide, and which several steps fill.
  {
    method: 'moco',
    methodOptions: { queueSize: 30, keyMomentum: 0.7 },
    loss: 'dcl',
    parts: resnets.resnet8,
    options: { width: 4 },
    head: { batchNorm: 'hidden', outputFeatures: 8 },
    optimiser: sgd({ weightDecay: 1e-3 }),
    steps: 5,
  },
  {
    method: 'moco',
    methodOptions: { queueSize: 30, keyMomentum: 0.7, keyMomentumSchedule: 'cosine' },
    loss: 'infonce',
    parts: resnets.resnet8,
    options: { width: 4, standardise: 'imagenet' },
    head: { batchNorm: 'none', outputFeatures: 8 },
    optimiser: lars({ form: 'google', trustCoefficient: 0.02, weightDecay: 1e-2 }),
    steps: 5,
  },
  {
    // Fewer keys than a batch has.
    method: 'moco',
    methodOptions: { queueSize: 7, keyMomentum: 0.7 },
    loss: 'dclw',
    parts: { block: 'bottleneck', stages: [1, 1] },
    options: { width: 4 },
    head: { batchNorm: 'all', outputFeatures: 8 },
    optimiser: sgd({ weightDecay: 1e-3, excludeBiasesAndNorms: true }),
    steps: 5,
  },
  {
    // Rounding grows fast in it: of PyTorch itself, one process and two differ by 3e-4 after 5 steps.
    method: 'nnclr',
    methodOptions: { queueSize: 20 },
    loss: 'dcl',
    parts: resnets.resnet8,
    options: { width: 4 },
    head: { batchNorm: 'all', outputFeatures: 8 },
    optimiser: sgd({ weightDecay: 1e-3 }),
    steps: 3,
  },
  {
    method: 'nnclr',
    methodOptions: { queueSize: 30, predictionFeatures: 12 },
    loss: 'dclw',
    parts: resnets.resnet8,
    options: { width: 4 },
    head: { batchNorm: 'none', outputFeatures: 8 },
    optimiser: lars({ form: 'pytorch', trustCoefficient: 0.02, weightDecay: 1e-2 }),
    steps: 5,
  },
  {
    method: 'nnclr',
    methodOptions: { queueSize: 7 },
    loss: 'infonce',
    parts: { block: 'bottleneck', stages: [1, 1] },
    options: { width: 4 },
    head: { batchNorm: 'hidden', outputFeatures: 8 },
    optimiser: sgd({ weightDecay: 1e-3 }),
    steps: 5,
  },
];

function methodOf({ method = 'simclr', methodOptions, loss, head }: Case) {
  return methodByName(method, { loss: lossByName(loss, { temperature: 0.2 }), head, ...methodOptions });
}

const [images, side] = [12, 16];
const shape = [side, side, 3] as const;
const peak = 0.02;

/** Views of step s, [images, 2, side, side, 3], in [0, 1]: waves of another direction and colour in each image. */
function viewsOf(step: number): tf.Tensor5D {
  const views = tf.buffer<tf.Rank.R5, 'float32'>([images, 2, side, side, 3]);
  for (let n = 0; n < views.size; n++) {
    const [image, view, y, x, channel] = views.indexToLoc(n) as [number, number, number, number, number];
    const angle = image * 1.3 + step;
    const wave = Math.sin(0.6 * (x * Math.cos(angle) + y * Math.sin(angle)) + view + channel * image);
    const level = 0.5 + 0.4 * Math.sin(image * (channel + 2) + step);
    views.values[n] = Math.min(1, Math.max(0, level + 0.3 * wave));
  }
  return views.toTensor() as tf.Tensor5D;
}

/** What the script calls the models. */
const names: Readonly<Record<string, string>> = {
  encoder: 'encoder',
  projection: 'head',
  keyEncoder: 'key_encoder',
  keyProjection: 'key_head',
  prediction: 'prediction',
};

/** Weights, or what stands in their places, as the script names them. */
function stateOfModels(models: Learner['models']): Map<string, StoredTensor> {
  const states = Object.entries(models).flatMap(([name, model]) => {
    const isEncoder = name === 'encoder' || name === 'keyEncoder';
    const state = isEncoder ? encoderState(model) : stateOf(model, (layer) => layer.replace('-', '_'));
    return [...state].map(([weight, tensor]) => [`${names[name]}.${weight}`, tensor] as const);
  });
  return new Map(states);
}

function stateOfMemory({ queue }: Learner['memory']): [string, StoredTensor][] {
  return queue ? [['queue', { shape: queue.shape, values: queue.dataSync<'float32'>() }]] : [];
}

/** A run of one step, as a notebook has it, and the script made of it. */
async function exportRun(folder: string, each: Case): Promise<void> {
  const { parts, options, optimiser, steps = 3 } = each;
  const pixels = Uint8Array.from({ length: 12 * side * side * 3 }, (_, n) => (n * 7919) % 256);
  const data = inMemory({
    name: 'noise',
    pixels,
    shape,
    labels: new Int32Array(12),
    classes: ['noise'],
  });
  const run = pretrain({
    encoder: resnet(parts, { ...options, inputShape: shape, seed: 3 }),
    data,
    method: methodOf(each),
    batchSize: images,
    epochs: 1,
    learningRate: peak,
    optimiser,
    views: simclrViews(),
    checkpoint: join(folder, 'run'),
  });
  for await (const _ of run);
  // An epoch of the script is a step of the test.
  const pretraining = {
    ...(await torchPretrainingOfRun(join(folder, 'run'))),
    warmupEpochs: Math.min(2, steps) / steps,
  };
  await writeFile(join(folder, 'script.py'), torchScript(pretraining));
  await saveInitialWeights(join(folder, 'run'), join(folder, 'initial.safetensors'));
}

async function writeViews(folder: string, { steps = 3 }: Case): Promise<void> {
  const all = tf.tidy(() => {
    const stacked = tf.stack(Array.from({ length: steps }, (_, step) => viewsOf(step)));
    return tf.transpose(stacked, [0, 1, 2, 5, 3, 4]).dataSync<'float32'>();
  });
  await writeFile(join(folder, 'views.f32'), new Uint8Array(all.buffer));
  await writeFile(join(folder, 'views.json'), JSON.stringify([steps, images, 2, 3, side, side]));
}

/** The same steps by this library, in one process. */
async function stepsHere(folder: string, each: Case) {
  const { optimiser, steps = 3 } = each;
  const { encoder, ...others } = await loadModels(join(folder, 'run'));
  const learner = methodOf(each).start(encoder, 1);
  for (const [name, model] of Object.entries(others)) learner.models[name]!.setWeights(model.getWeights());
  await restoreQueue(learner, folder);
  const training = new TrainingStep(learner, [shape, shape], optimiser);
  const results = [];
  let gradients = new Map<string, StoredTensor>();
  for (let step = 0; step < steps; step++) {
    const [one, two] = tf.tidy(() => tf.unstack(viewsOf(step), 1).map((view) => view.dataSync<'float32'>()));
    if (step === 0) gradients = gradientsOf(learner, [one!, two!]);
    const learningRate = cosineWithWarmup(step, { peak, totalSteps: steps, warmupSteps: Math.min(2, steps) });
    results.push(await training.run([one!, two!], { learningRate, progress: (step + 1) / steps }));
  }
  const weights = new Map([...stateOfModels(learner.models), ...stateOfMemory(learner.memory)]);
  return { results, gradients, weights };
}

/** The run's queue, which is in no model, from the weights for the script. */
async function restoreQueue({ memory: { queue } }: Learner, folder: string): Promise<void> {
  if (queue === undefined) return;
  const file = await open(join(folder, 'initial.safetensors'));
  const { values } = await file.read('queue');
  tf.tidy(() => queue.assign(tf.tensor(values as Float32Array, queue.shape)));
  await file.close();
}

function gradientsOf(learner: Learner, views: readonly Float32Array[]): Map<string, StoredTensor> {
  const weights = learner.trained.flatMap((model) =>
    model.trainableWeights.map((w) => w.read() as tf.Variable),
  );
  const trained = Object.entries(learner.models).filter(([, model]) => learner.trained.includes(model));
  const copies = Object.fromEntries(trained.map(([name, model]) => [name, copyOf(model)]));
  tf.tidy(() => {
    const tensors = views.map((view) => tf.tensor4d(view, [images, ...shape]));
    const { gradients } = keepingStatistics(Object.values(learner.models), () =>
      batchGradients({ learner, weights, shapes: [shape, shape] }, tensors),
    );
    const places = Object.values(copies).flatMap((model) => model.trainableWeights);
    for (const [i, place] of places.entries()) (place.read() as tf.Variable).assign(gradients[i]!);
  });
  return stateOfModels(copies);
}

/**
 * Largest difference of a tensor's values over the largest of them, or over a hundredth of the largest of all tensors: a bias
 * that batch norm takes away again has no gradient but rounding's.
 */
function errorOf(actual: Float32Array, name: string, state: ReadonlyMap<string, StoredTensor>): number {
  const largest = ({ values }: Pick<StoredTensor, 'values'>) =>
    (values as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const expected = state.get(name)!;
  const difference = Float32Array.from(expected.values, (value, i) => value - actual[i]!);
  const ofAll = Math.max(...[...state.values()].map(largest));
  return largest({ values: difference }) / Math.max(largest(expected), ofAll / 100);
}

describe.skipIf(!hasPyTorch)(
  `an exported script by torchrun, two processes ${skipped}`,
  { timeout: 600_000 },
  () => {
    let folder: string;
    const folderOf = (index: number) => join(folder, String(index));
    beforeAll(async () => {
      await use({ name: 'onnxruntime' });
      folder = await mkdtemp(join(tmpdir(), 'dcl-lab-torch-'));
      for (const [index, each] of cases.entries()) {
        await mkdir(folderOf(index));
        await exportRun(folderOf(index), each);
        await writeViews(folderOf(index), each);
      }
      const folders = cases.map((_, index) => folderOf(index));
      const { status, stderr } = inPython(...torchrun(2, script, ...folders));
      expect(status, stderr).toBe(0);
    }, 600_000);
    afterAll(() => rm(folder, { recursive: true }));

    test.each(cases.map((each, index) => [each.method ?? 'simclr', each.loss, each, index] as const))(
      '%s with %s, case %#: losses, q, gradients and weights are those of one process with the joined batch',
      async (_, __, each, index) => {
        const here = await stepsHere(folderOf(index), each);
        const file = await open(join(folderOf(index), 'result.pth'));
        const there = async (name: string) => (await file.read(name)).values as Float32Array;
        const losses = await there('losses');
        const multipliers = await there('multipliers');
        for (const [step, { loss, multiplier }] of here.results.entries()) {
          expect(Math.abs(losses[step]! - loss)).toBeLessThan(1e-4);
          const mean = multiplier.reduce((sum, q) => sum + q, 0) / multiplier.length;
          expect(Math.abs(multipliers[step]! - mean)).toBeLessThan(1e-4);
        }
        for (const [group, state] of Object.entries({ gradients: here.gradients, weights: here.weights })) {
          for (const name of state.keys()) {
            if (group === 'gradients' && name.includes('running_')) continue;
            const error = errorOf(await there(`${group}.${name}`), name, state);
            expect(error, `${group} of ${name}`).toBeLessThan(each.tolerance ?? 1e-4);
          }
        }
        await file.close();
      },
    );

    test.each(cases.map((each, index) => [each.method ?? 'simclr', each.loss, index] as const))(
      'its checkpoint loads as an encoder (%s with %s, case %#)',
      async (_, __, index) => {
        const encoder = await loadEncoder(join(folderOf(index), 'checkpoint.pth'));
        const { encoder: begun } = await loadModels(join(folderOf(index), 'run'));
        expect(encoder.layers.map(({ name }) => name)).toEqual(begun.layers.map(({ name }) => name));
        expect(encoder.inputs[0]!.shape).toEqual([null, ...shape]);
      },
    );
  },
);
