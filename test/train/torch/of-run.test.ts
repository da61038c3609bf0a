import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inMemory } from '../../../src/data/index.js';
import { dclw } from '../../../src/losses/index.js';
import { nnclr, simclr } from '../../../src/methods/index.js';
import { resnet8 } from '../../../src/models/index.js';
import {
  lars,
  loadEncoder,
  loadModels,
  type PretrainOptions,
  saveInitialWeights,
  sgd,
  torchPretrainingOfRun,
} from '../../../src/train/index.js';
import { open } from '../../../src/weights/index.js';
import { useAnyEngine } from '../../engines.js';
import { eventsOf, smallMethods, smallRun } from '../small-run.js';

let folder: string;
beforeAll(useAnyEngine);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-of-run-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (options: Partial<PretrainOptions>) =>
  eventsOf(smallRun({ checkpoint: join(folder, 'run'), epochs: 1, ...options }));
const exported = (loss?: string) => torchPretrainingOfRun(join(folder, 'run'), loss);

const colour = {
  data: inMemory({
    name: 'noise',
    pixels: Uint8Array.from({ length: 8 * 108 }, (_, n) => (n * 7919) % 256),
    shape: [6, 6, 3],
    labels: new Int32Array(8),
    classes: ['noise'],
  }),
  encoder: resnet8({ width: 2, inputShape: [6, 6, 3] }),
} as const;

describe("a run's folder as a pretraining in PyTorch", () => {
  test('has all that the run was given', async () => {
    const method = simclr({ loss: dclw({ temperature: 0.2, sigma: 0.3 }), head: { outputFeatures: 3 } });
    const optimiser = lars({ form: 'google', momentum: 0.8 });
    await run({ ...colour, method, optimiser, chunkSize: 2, cosineFloor: 0.1, warmupEpochs: 0.5, seed: 9 });
    const pretraining = await exported();
    expect(pretraining).toMatchObject({
      loss: { name: 'dclw', settings: { temperature: 0.2, sigma: 0.3 } },
      encoder: { block: 'basic', stages: [1, 1, 1], width: 2, standardise: 'none', inputShape: [6, 6, 3] },
      head: { hiddenFeatures: 8, outputFeatures: 3, batchNorm: 'hidden' },
      ...{ batchSize: 4, epochs: 1, seed: 9, learningRate: 0.1, warmupEpochs: 0.5, cosineFloor: 0.1 },
      optimiser: { name: 'lars', settings: { form: 'google', momentum: 0.8, trustCoefficient: 1e-3 } },
    });
    expect(pretraining).not.toHaveProperty('warmupStart');
    expect(pretraining.notes[1]).toContain('embedded 2 images at a time');
    // Another loss at the same temperature; sigma is DCLW's alone.
    const { loss } = await exported('infonce');
    expect(loss).toEqual({ name: 'infonce', settings: { temperature: 0.2 } });
  });

  test('has what the method was given', async () => {
    await run({ ...colour, method: smallMethods[1]! });
    const moco = { name: 'moco', queueSize: 7, keyMomentum: 0.8, keyMomentumSchedule: 'cosine' };
    expect((await exported()).method).toEqual(moco);
    await run({ ...colour, existing: 'overwrite', method: smallMethods[2]! });
    const predictionFeatures = 2 * 8;
    const pretraining = await exported();
    expect(pretraining.method).toEqual({ name: 'nnclr', queueSize: 7, predictionFeatures });
    expect(pretraining.head.batchNorm).toBe('all');
    const given = nnclr({ loss: dclw(), head: { outputFeatures: 3 }, predictionFeatures: 5, queueSize: 7 });
    await run({ ...colour, existing: 'overwrite', method: given });
    expect((await exported()).method).toMatchObject({ predictionFeatures: 5 });
  });

  test('is refused with what the script does not have', async () => {
    await run({});
    await expect(exported()).rejects.toThrow(
      /have 1 channels; the script for PyTorch reads images of 3 channels/,
    );
    const own = { ...sgd(), name: 'own' };
    await run({ existing: 'overwrite', optimiser: own });
    await expect(exported()).rejects.toThrow(
      /has the optimiser own; the script for PyTorch has sgd and lars/,
    );
    await run({ existing: 'overwrite', accumulate: 3 });
    await expect(exported()).rejects.toThrow(/averages the gradients of 3 batches in a step/);
    const method = { ...smallMethods[0]!, name: 'byol' };
    await run({ ...colour, existing: 'overwrite', method });
    await expect(exported()).rejects.toThrow(
      /run trains with the method byol; the script .* has simclr, moco and nnclr/,
    );
    await expect(torchPretrainingOfRun(join(folder, 'nowhere'))).rejects.toThrow(/holds no readable run/);
  });

  test("gives MoCo's key models and queue to its initial weights, from which the encoder loads", async () => {
    await run({ ...colour, method: smallMethods[1]! });
    const path = join(folder, 'initial.safetensors');
    await saveInitialWeights(join(folder, 'run'), path);
    const { keyEncoder, keyProjection, encoder } = await loadModels(join(folder, 'run'));
    const file = await open(path);
    const same = async (name: string, model: tf.LayersModel, layer: string) => {
      const bias = model.getLayer(layer).getWeights().at(-1)!;
      expect([...(await file.read(name)).values]).toEqual([...bias.dataSync()]);
    };
    await same('key_encoder.bn1.running_var', keyEncoder!, 'stem.norm');
    await same('key_head.output.bias', keyProjection!, 'output');
    await same('bn1.running_var', encoder, 'stem.norm');
    expect(file.tensors.get('queue')!.shape).toEqual([7, 3]);
    await file.close();
    const loaded = await loadEncoder(path);
    expect(loaded.getLayer('stem.norm').getWeights()[3]!.dataSync()).toEqual(
      encoder.getLayer('stem.norm').getWeights()[3]!.dataSync(),
    );
  });

  test('gives its weights to a .safetensors file alone', async () => {
    await run({});
    await expect(saveInitialWeights(join(folder, 'run'), join(folder, 'weights.pth'))).rejects.toThrow(
      /weights.pth has no known extension; give a .safetensors file/,
    );
    await expect(
      saveInitialWeights(join(folder, 'run'), join(folder, 'nowhere', 'w.safetensors')),
    ).rejects.toThrow(/initial weights could not be written to .*nowhere/);
  });
});
