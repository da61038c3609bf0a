import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../bench/pytorch.js';
import * as engine from '../../src/engine/index.js';
import { loadResNet, save } from '../../src/weights/index.js';
import { relativeError } from '../models/chirp.js';

const script = fileURLToPath(new URL('resnet50.py', import.meta.url));
const run = (...args: string[]) => spawnSync(python, ['-W', 'ignore', ...args], { encoding: 'utf8' });
const isThere = existsSync(python) && run('-c', 'import torchvision').status === 0;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-torchvision-'));
});
afterAll(() => rm(folder, { recursive: true }));

function runScript(command: string): void {
  const { status, stderr } = run(script, command, folder);
  expect(stderr).toBe('');
  expect(status).toBe(0);
}

async function floats(name: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(join(folder, name))).buffer);
}

describe.skipIf(!isThere)("torchvision's ResNet-50 (skipped where bench/.venv has no torchvision)", () => {
  beforeAll(async () => {
    await engine.use({ name: 'onnxruntime' });
    runScript('write');
  });

  const images = async () => tf.tensor(await floats('pixels'), [4, 224, 224, 3]);

  test.each([
    ['zip.pth', 'features'],
    ['legacy.pth', 'features'],
    ['zip-moved.pth', 'features-moved'],
    ['legacy-moved.pth', 'features-moved'],
  ])('as %s makes the same features here', async (file, expected) => {
    const { encoder, unused } = await loadResNet(join(folder, file));
    expect([encoder.name, unused]).toEqual(['resnet50', ['fc.weight', 'fc.bias']]);
    const features = encoder.predict(await images()) as tf.Tensor;
    expect(relativeError(features.dataSync(), [...(await floats(expected))])).toBeLessThan(1e-4);
    encoder.dispose();
  });

  test('takes back what is saved here', async () => {
    const { encoder } = await loadResNet(join(folder, 'zip-moved.pth'));
    await save(encoder, join(folder, 'encoder.safetensors'));
    runScript('read');
    const again = await floats('features-again');
    expect(again).toEqual(await floats('features-moved'));
  });
});
