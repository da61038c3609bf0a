import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { imagenetPixels } from '../../src/models/index.js';
import {
  encodeSafetensors,
  type LoadResNetOptions,
  loadResNet,
  open,
  type StoredTensor,
} from '../../src/weights/index.js';
import { engines, useAnyEngine } from '../engines.js';
import golden from '../golden/weights.json' with { type: 'json' };
import { chirp, relativeError } from '../models/chirp.js';
import { savedAndLoaded } from '../models/saved-and-loaded.js';
import { goldenFile } from './golden-file.js';

/** Of test/golden/weights.py: two images with values from 0 to 1. */
const pixels = ([height, width]: readonly number[]) =>
  tf.tidy(() => tf.add(tf.mul(chirp([2, height!, width!, 3], 0), 0.5), 0.5));

const networks: [string, Network][] = Object.entries(golden.networks);
interface Network {
  readonly size: number[];
  readonly features: number[][];
  readonly project: string;
  readonly prefix: string;
  readonly architecture: string;
  readonly unknown?: string;
}

async function load(name: string, { size, unknown }: Network, options: LoadResNetOptions = {}) {
  return loadResNet(goldenFile(name), {
    inputShape: [size[0]!, size[1]!, 3],
    ...(unknown === undefined ? {} : { unknown: 'ignore' }),
    ...options,
  });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(engines)('on the engine %s', (name) => {
  beforeAll(() => engine.use({ name, threads: 1 }));

  test.each(networks)('%s gives the features that PyTorch gives', async (file, network) => {
    const { encoder, project, prefix, standardisation } = await load(file, network);
    expect({ project, prefix, architecture: encoder.name }).toEqual({
      project: network.project,
      prefix: network.prefix,
      architecture: network.architecture,
    });
    expect(standardisation).toEqual(imagenetPixels);
    const features = encoder.predict(pixels(network.size)) as tf.Tensor;
    expect(relativeError(features.dataSync(), network.features.flat())).toBeLessThan(1e-5);
    const again = (await savedAndLoaded(encoder)).predict(pixels(network.size)) as tf.Tensor;
    expect(again.dataSync()).toEqual(features.dataSync());
  });
});

describe('what a file holds', () => {
  beforeAll(useAnyEngine);
  const networkOf = (file: keyof typeof golden.networks): Network => golden.networks[file];

  test('is listed where the encoder has no place for it', async () => {
    const { unused } = await load('torchvision.pth', networkOf('torchvision.pth'));
    expect(unused).toEqual(['fc.weight', 'fc.bias']);
    const { unused: ofMoCo } = await load('moco.pth.tar', networkOf('moco.pth.tar'));
    expect(ofMoCo).toContain('state_dict.module.queue');
    expect(ofMoCo).toContain('state_dict.module.encoder_k.conv1.weight');
    expect(ofMoCo).toContain('optimizer.state.0.momentum_buffer');
    expect(ofMoCo.join()).not.toMatch(/encoder_q\.(conv|bn|layer)|num_batches/);
  });

  test('is told of while it is read, which ends with what that throws', async () => {
    const network = networkOf('moco.pth.tar');
    const told: [number, number][] = [];
    const { encoder } = await load('moco.pth.tar', network, { onProgress: (...now) => told.push(now) });
    const done = told.map(([now]) => now);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(new Set(told.map(([, total]) => total))).toEqual(new Set([encoder.countParams()]));
    expect(done.at(-1)).toBe(encoder.countParams());

    const [tensors, enough] = [tf.memory().numTensors, new Error('enough')];
    const onProgress = () => {
      throw enough;
    };
    await expect(load('moco.pth.tar', network, { onProgress })).rejects.toBe(enough);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('is found under another prefix when it is given', async () => {
    const network = networkOf('moco.pth.tar');
    const keys = await load('moco.pth.tar', network, { prefix: 'state_dict.module.encoder_k' });
    expect(keys.prefix).toBe('state_dict.module.encoder_k.');
    const features = keys.encoder.predict(pixels(network.size)) as tf.Tensor;
    expect(relativeError(features.dataSync(), network.features.flat())).toBeGreaterThan(1e-2);
    const refused = load('moco.pth.tar', network, { prefix: 'encoder' });
    await expect(refused).rejects.toThrow(
      'under the prefix "encoder"; it holds them under "state_dict.module.encoder_q.", "state_dict.module.encoder_k."',
    );
  });

  test('is the encoder, not the key encoder, of what the exported script and --initial write by MoCo', async () => {
    const file = await open(goldenFile('torchvision.pth'));
    const all = await Promise.all(
      [...file.tensors.keys()].map(async (name) => [name, await file.read(name)] as const),
    );
    await file.close();
    for (const [encoder, keys] of [
      ['model.encoder.', 'model.key_encoder.'],
      ['', 'key_encoder.'],
    ] as const) {
      const tensors = new Map(
        all.flatMap(([name, tensor]) => [[keys + name, tensor] as const, [encoder + name, tensor] as const]),
      );
      const path = join(folder, 'moco.safetensors');
      await writeFile(path, encodeSafetensors({ tensors, metadata: {} }));
      const { prefix, unused } = await loadResNet(path, { inputShape: [32, 32, 3] });
      expect(prefix).toBe(encoder);
      expect(unused).toContain(`${keys}conv1.weight`);
    }
  });

  test('begins as its project has it, in the average that follows the encoder too', async () => {
    const network = networkOf('solo-learn.ckpt');
    const prefix = 'state_dict.momentum_backbone';
    const { project, stem } = await load('solo-learn.ckpt', network, { prefix });
    expect({ project, stem }).toMatchObject({ project: 'solo-learn', stem: { padding: 2 } });
    const own = await load('solo-learn.ckpt', network, { stem: 'cifar' });
    expect(own.encoder.getLayer('stem.norm').outputShape).toEqual([null, 8, 9, 4]);
  });

  test('is standardised by what is given, and not at all by none', async () => {
    const network = networkOf('torchvision.pth');
    const { encoder } = await load('torchvision.pth', network, { standardise: 'none' });
    const { mean, deviation } = imagenetPixels;
    const byHand = tf.div(tf.sub(pixels(network.size), mean as number[]), deviation as number[]);
    const features = encoder.predict(byHand) as tf.Tensor;
    expect(relativeError(features.dataSync(), network.features.flat())).toBeLessThan(1e-5);
    const own = await load('torchvision.pth', network, {
      standardise: { mean: [0, 0, 0], deviation: [2, 2, 2] },
    });
    const doubled = own.encoder.predict(tf.mul(byHand, 2)) as tf.Tensor;
    expect(relativeError(doubled.dataSync(), network.features.flat())).toBeLessThan(1e-5);
  });

  test('takes images of no other number of channels', async () => {
    const refused = load('torchvision.pth', networkOf('torchvision.pth'), { inputShape: [32, 32, 1] });
    await expect(refused).rejects.toThrow('is for images of 3 channels, but inputShape is [32,32,1]');
  });
});

describe('a file that does not hold a whole ResNet', () => {
  beforeAll(useAnyEngine);

  async function changed(change: (tensors: Map<string, StoredTensor>) => void): Promise<string> {
    const file = await open(goldenFile('torchvision.pth'));
    const tensors = new Map<string, StoredTensor>();
    for (const name of file.tensors.keys()) tensors.set(name, await file.read(name));
    await file.close();
    change(tensors);
    const path = join(folder, 'changed.safetensors');
    await writeFile(path, encodeSafetensors({ tensors, metadata: {} }));
    return path;
  }

  test.each<[string, (tensors: Map<string, StoredTensor>) => void, RegExp]>([
    ['lacks a tensor', (all) => all.delete('bn1.running_mean'), /resnet11: bn1.running_mean is missing/],
    [
      'has one of another shape',
      (all) => all.set('layer1.0.conv1.weight', { shape: [3, 4, 1, 1], values: new Float32Array(12) }),
      /layer1.0.conv1.weight has shape \[3,4,1,1\], not \[4,4,1,1\]/,
    ],
    [
      'has one too many',
      (all) => all.set('layer1.0.se.weight', { shape: [1], values: new Float32Array(1) }),
      /layer1.0.se.weight has no place in it/,
    ],
    [
      'has a stage too many',
      (all) => all.set('layer4.0.conv1.weight', { shape: [1], values: new Float32Array(1) }),
      /layer4.0.conv1.weight has no place in it/,
    ],
    [
      'is grouped as a ResNeXt',
      (all) => all.set('layer1.0.conv2.weight', { shape: [4, 2, 3, 3], values: new Float32Array(72) }),
      /layer1.0.conv2.weight has shape \[4,2,3,3\]; it should be \[4,4,3,3\]/,
    ],
    [
      'begins otherwise',
      (all) => all.set('conv1.weight', { shape: [4, 3, 5, 5], values: new Float32Array(300) }),
      /a kernel of 5x5/,
    ],
    ['holds none', (all) => all.delete('conv1.weight'), /holds no ResNet that is known.*bn1.weight/],
    [
      'holds two',
      (all) => {
        for (const [name, tensor] of [...all]) {
          all.set(`student.${name}`, tensor);
          all.set(`teacher.${name}`, tensor);
          all.delete(name);
        }
      },
      /holds 2 ResNets: give one of "student.", "teacher." as prefix/,
    ],
  ])('that %s is refused', async (_, change, message) => {
    const path = await changed(change);
    await expect(loadResNet(path)).rejects.toThrow(InputError);
    await expect(loadResNet(path)).rejects.toThrow(message);
  });
});
