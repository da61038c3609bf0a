import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { collect } from '../../src/npc/index.js';
import { NonFiniteError, readCheckpoint, saveCheckpoint } from '../../src/train/checkpoint.js';
import { loadEncoder, loadModels } from '../../src/train/index.js';
import { Sgd } from '../../src/train/sgd.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/index.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder } from './run-in-folder.js';
import { eventsOf, smallData, smallEncoder, smallRun } from './small-run.js';

const folder = eachWithAFolder();
let path: string;

beforeAll(useAnyEngine);
beforeEach(async () => {
  await mkdir(folder());
  path = join(folder(), 'checkpoint-00000006.safetensors');
});

const values = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const progress = { step: 7, epochLoss: 1.5, seconds: 60, epochStart: 30 };

describe('a checkpoint', () => {
  test('with any byte changed is refused, or means what it meant', async () => {
    await saveCheckpoint(path, { models: { encoder: smallEncoder() } }, progress);
    const good = await readCheckpoint(path);
    const bytes = await readFile(path);
    const headerEnd = 8 + Number(bytes.readBigUInt64LE());
    const place = fc.oneof(fc.nat({ max: headerEnd - 1 }), fc.nat({ max: bytes.length - 1 }));
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= change;
        await writeFile(path, damaged);
        const read = await readCheckpoint(path).catch((error) => error);
        if (read instanceof Error) {
          expect(read).toBeInstanceOf(InputError);
          expect(read.message).toContain(path);
        } else {
          expect(read).toEqual(good);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['progress', /\\"step\\":7/, '\\"step\\":8'],
    ['name of a tensor', /encoder\/001/, 'encoder/901'],
    ['shape', /"shape":\[3,3,1,2\]/, '"shape":[3,3,2,1]'],
    ['topology', /\\"strides\\":\[1,1\]/, '\\"strides\\":[2,2]'],
  ])('whose %s was changed is damaged', async (_, pattern, replacement) => {
    await saveCheckpoint(path, { models: { encoder: smallEncoder() } }, progress);
    const text = await readFile(path, 'latin1');
    expect(text).toMatch(pattern);
    await writeFile(path, text.replace(pattern, replacement), 'latin1');
    await expect(readCheckpoint(path)).rejects.toThrow(`${path} is damaged`);
  });

  test('of another version is refused as such', async () => {
    await saveCheckpoint(path, { models: { encoder: smallEncoder() } });
    const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
    const other = { ...metadata, format: 'dcl-lab checkpoint 1' };
    await writeFile(path, encodeSafetensors({ tensors, metadata: other }));
    await expect(readCheckpoint(path)).rejects.toThrow('"dcl-lab checkpoint 1" of another version');
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])('never holds %d; the one before stays', async (value) => {
    const encoder = smallEncoder();
    await saveCheckpoint(path, { models: { encoder } }, progress);
    const before = await readFile(path);
    const last = encoder.weights.at(-1)!;
    tf.tidy(() => {
      last.write(tf.fill(last.shape as number[], value));
    });
    const saving = saveCheckpoint(path, { models: { encoder } }, { ...progress, step: 8 });
    await expect(saving).rejects.toThrow(NonFiniteError);
    expect(await readFile(path)).toEqual(before);
  });
});

describe('loadEncoder', () => {
  test('gives the encoder as it was before this run, also if it was trained before', async () => {
    const encoder = smallEncoder();
    await eventsOf(smallRun({ encoder }));
    const before = values(encoder);
    await eventsOf(smallRun({ encoder, checkpoint: folder() }));
    expect(values(await loadEncoder(folder(), { weights: 'initial' }))).toEqual(before);
    expect(values(await loadEncoder(path, { weights: 'initial' }))).toEqual(before);
    expect(values(await loadEncoder(folder()))).toEqual(values(encoder));
  });

  test('gives the initial weights of layers without seeds', async () => {
    const images = tf.input({ shape: [6, 6, 1] });
    const convolved = tf.layers.conv2d({ filters: 2, kernelSize: 3 }).apply(images);
    const features = tf.layers.globalAveragePooling2d({}).apply(convolved) as tf.SymbolicTensor;
    const encoder = tf.model({ inputs: images, outputs: features });
    const before = values(encoder);
    await eventsOf(smallRun({ encoder, checkpoint: folder() }));
    expect(values(await loadEncoder(folder(), { weights: 'initial' }))).toEqual(before);
  });

  test('refuses a file without an encoder, or with fewer weights than its encoder has', async () => {
    await saveCheckpoint(path, { models: { projection: smallEncoder() } });
    await expect(loadEncoder(path)).rejects.toThrow(`${path} holds no encoder`);
    const encoder = smallEncoder();
    const lacking = { weights: encoder.weights.slice(1), toJSON: () => encoder.toJSON(null, false) };
    await saveCheckpoint(path, { models: { encoder: lacking as unknown as tf.LayersModel } });
    const before = tf.memory().numTensors;
    const refused = loadEncoder(path);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(`${path} belongs to another model`);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('loadModels', () => {
  test('gives what the loss compared, projection head included, before and after training', async () => {
    const method = simclr({ loss: dcl(), head: { outputFeatures: 3 } });
    const untrained = method.start(smallEncoder(), 1).models;
    await eventsOf(smallRun({ method, checkpoint: folder() }));
    const initial = await loadModels(path, { weights: 'initial' });
    const trained = await loadModels(folder());
    expect(Object.keys(trained)).toEqual(['encoder', 'projection']);
    expect(values(initial.projection!)).toEqual(values(untrained.projection!));
    expect(values(trained.projection!)).not.toEqual(values(untrained.projection!));
    expect(values(trained.encoder)).toEqual(values(await loadEncoder(folder())));
    const [before] = await collect(initial, smallData(), { batchSizes: [4] });
    const [after] = await collect(trained, smallData(), { batchSizes: [4] });
    expect(after!.q).toHaveLength(24);
    expect(after!.q).not.toEqual(before!.q);
  });

  test('leaves nothing in memory where one of the models cannot be built', async () => {
    const projection = smallEncoder(3);
    const lacking = { weights: projection.weights.slice(1), toJSON: () => projection.toJSON(null, false) };
    const models = { encoder: smallEncoder(), projection: lacking as unknown as tf.LayersModel };
    await saveCheckpoint(path, { models });
    const before = tf.memory().numTensors;
    await expect(loadModels(path)).rejects.toThrow(`${path} belongs to another model`);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a model of the name of what else a checkpoint holds is refused', async () => {
  const optimiser = new Sgd([tf.variable(tf.zeros([3, 3, 1, 2]))], { momentum: 0.9, weightDecay: 0 });
  const models = { encoder: smallEncoder(), velocity: smallEncoder() };
  await expect(saveCheckpoint(path, { models, optimiser })).rejects.toThrow(
    'calls one of its models memory or velocity',
  );
});
