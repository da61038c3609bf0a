import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { projectionHead, type ResNetOptions, resnet, stems } from '../../src/models/index.js';
import { folder, loadResNet, open, save } from '../../src/weights/index.js';
import { useAnyEngine } from '../engines.js';
import { chirp, placeWeights, relativeError } from '../models/chirp.js';
import { goldenFile } from './golden-file.js';

let place: string;
beforeAll(async () => {
  await useAnyEngine();
  place = await mkdtemp(join(tmpdir(), 'dcl-lab-save-'));
});
afterAll(() => rm(place, { recursive: true }));

const encoders: [string, () => tf.LayersModel][] = [
  ['a plain ResNet', () => encoder('basic', { inputShape: [9, 8, 3] })],
  ['one for grey images', () => encoder('bottleneck', { inputShape: [9, 8, 1] })],
  [
    'a standardised one with a large stem',
    () => encoder('bottleneck', { stem: 'imagenet', standardise: 'imagenet', inputShape: [33, 36, 3] }),
  ],
  [
    'one with an odd stem',
    () =>
      encoder('basic', {
        stem: { ...stems.cifar, padding: 2, relu: false },
        standardise: { mean: [0.1, 0.2, 0.3], deviation: [0.5, 1, 2] },
        inputShape: [8, 9, 3],
      }),
  ],
];

function encoder(block: 'basic' | 'bottleneck', options: ResNetOptions): tf.LayersModel {
  const model = resnet({ block, stages: [1, 2] }, { width: 4, ...options });
  placeWeights(model);
  // The moving statistics too are to be told apart.
  const images = chirp([4, ...model.inputs[0]!.shape.slice(1)] as number[], 1);
  for (let step = 0; step < 3; step++) model.apply(images, { training: true });
  return model;
}

const imagesFor = (model: tf.LayersModel, count = 2) =>
  tf.tidy(() =>
    tf.add(tf.mul(chirp([count, ...(model.inputs[0]!.shape.slice(1) as number[])], 0), 0.5), 0.5),
  );
const features = (model: tf.LayersModel, images = imagesFor(model)) =>
  (model.predict(images) as tf.Tensor).dataSync();

describe.each(encoders)('%s', (name, make) => {
  const file = (extension: string) => join(place, name.replaceAll(' ', '-') + extension);

  test('is the same after .safetensors', async () => {
    const saved = make();
    await save(saved, file('.safetensors'));
    const loaded = await loadResNet(file('.safetensors'));
    expect(loaded.unused).toEqual([]);
    expect(loaded.encoder.inputs[0]!.shape).toEqual(saved.inputs[0]!.shape);
    expect(features(loaded.encoder)).toEqual(features(saved));
  });

  test('is the same in onnxruntime, for any number of images', async () => {
    const saved = make();
    await save(saved, file('.onnx'));
    expect((await readFile(file('.onnx'))).includes('com.microsoft')).toBe(false);
    const session = await InferenceSession.create(file('.onnx'));
    expect([session.inputNames, session.outputNames]).toEqual([['images'], ['features']]);
    for (const count of [1, 3]) {
      const images = imagesFor(saved, count);
      const channelsFirst = tf.transpose(images, [0, 3, 1, 2]);
      const input = new Tensor('float32', channelsFirst.dataSync() as Float32Array, channelsFirst.shape);
      const output = (await session.run({ images: input })).features!;
      expect(output.dims).toEqual([count, saved.outputShape[1]]);
      const expected = [...features(saved, images)];
      expect(relativeError(output.data as Float32Array, expected)).toBeLessThan(1e-5);
    }
    await session.release();
  });

  test("is the same in a folder, of TensorFlow.js's own layers alone", async () => {
    const saved = make();
    await save(saved, file(''));
    expect((await readdir(file(''))).sort()).toEqual(['model.json', 'weights.bin']);
    const loaded = await tf.loadLayersModel(folder(file('')));
    expect(relativeError(features(loaded, imagesFor(saved)), [...features(saved)])).toBeLessThan(1e-5);
    const classes = new Set(loaded.layers.map((layer) => layer.getClassName()));
    expect([...classes].filter((layer) => ['BatchNorm', 'Standardise'].includes(layer))).toEqual([]);
  });
});

test("is torchvision's state dict again", async () => {
  const { encoder } = await loadResNet(goldenFile('torchvision.pth'));
  const path = join(place, 'again.safetensors');
  await save(encoder, path);
  const [original, again] = [await open(goldenFile('torchvision.pth')), await open(path)];
  const names = [...original.tensors.keys()].filter((name) => !/num_batches_tracked|^fc/.test(name));
  expect([...again.tensors.keys()].sort()).toEqual(names.sort());
  for (const name of names) expect(await again.read(name)).toEqual(await original.read(name));
  await Promise.all([original.close(), again.close()]);
});

test('a projection head is exported to ONNX, and has no names in torchvision', async () => {
  const head = projectionHead({ inputFeatures: 6, outputFeatures: 3 });
  await save(head, join(place, 'head.onnx'));
  const session = await InferenceSession.create(join(place, 'head.onnx'));
  const x = chirp([2, 6], 0);
  const images = new Tensor('float32', x.dataSync() as Float32Array, x.shape);
  const output = (await session.run({ images })).features!;
  const expected = (head.predict(x) as tf.Tensor).dataSync();
  expect(relativeError(output.data as Float32Array, [...expected])).toBeLessThan(1e-5);
  await expect(save(head, join(place, 'head.safetensors'))).rejects.toThrow('has the layer hidden');
});

describe('what cannot be written', () => {
  const small = () => encoder('basic', { inputShape: [8, 8, 1] });

  test('leaves no file and says why', async () => {
    await expect(save(small(), join(place, 'x.h5'))).rejects.toThrow(InputError);
    await expect(save(small(), join(place, 'x.h5'))).rejects.toThrow(/x.h5 has no known extension/);
    for (const name of ['nowhere/x.onnx', 'nowhere/x.safetensors', 'nowhere/x']) {
      await expect(save(small(), join(place, name))).rejects.toThrow(InputError);
      await expect(save(small(), join(place, name))).rejects.toThrow(/could not be written.*nowhere/);
    }
    const model = tf.sequential({ layers: [tf.layers.softmax({ inputShape: [3] })] });
    await expect(save(model, join(place, 'softmax.onnx'))).rejects.toThrow(
      /a Softmax, which is not exported/,
    );
    const activated = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [3], activation: 'tanh' })],
    });
    await expect(save(activated, join(place, 'tanh.onnx'))).rejects.toThrow(/has the activation tanh/);
  });

  test('leaves a folder that is there as it was', async () => {
    const path = join(place, 'taken');
    await mkdir(path);
    await writeFile(join(path, 'notes.txt'), 'mine');
    await expect(save(small(), path)).rejects.toThrow(/taken/);
    expect(await readdir(path)).toEqual(['notes.txt']);
    expect(await readFile(join(path, 'notes.txt'), 'utf8')).toBe('mine');
    expect((await readdir(place)).filter((name) => name.startsWith('.'))).toEqual([]);
    await expect(tf.loadLayersModel(folder(path))).rejects.toThrow(InputError);
  });
});
