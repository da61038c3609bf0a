import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/weights/index.js';
import { goldenFile } from '../weights/golden-file.js';
import { type Finished, smallPretrain, start } from './command.js';
import { writeImages } from './write-images.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-convert-'));
  await writeImages(join(folder, 'images'));
});
afterAll(() => rm(folder, { recursive: true }));

const dclLab = (...args: string[]): Promise<Finished> => start(args, { folder }).finished;

async function tensorsOf(name: string): Promise<readonly string[]> {
  return [...decodeSafetensors(await readFile(join(folder, name)), name).tensors.keys()];
}

describe('dcl-lab convert', () => {
  test('writes what was trained elsewhere, and says what it is and what was left out', async () => {
    const source = goldenFile('moco.pth.tar');
    const converted = await dclLab('convert', source, '--size', '8x8', '--output', 'moco.safetensors');
    expect(converted).toMatchObject({ status: 0, stderr: '' });
    expect(converted.stdout).toContain('a resnet6 under "state_dict.module.encoder_q.", named as in MoCo');
    expect(converted.stdout).toContain(
      'standardised by mean 0.485,0.456,0.406 and deviation 0.229,0.224,0.225',
    );
    expect(converted.stdout).toMatch(
      /Not used: state_dict.module \(\d+ tensors\), optimizer.state \(\d+ tensors\)/,
    );
    expect(converted.stdout).toContain('Written to moco.safetensors.');
    expect(await tensorsOf('moco.safetensors')).toContain('layer2.0.downsample.0.weight');

    // The written file, as any other of weights, is taken by the other commands.
    const embedded = await dclLab(
      'embed',
      'moco.safetensors',
      '--data',
      'images',
      '--output',
      'a.safetensors',
    );
    expect(embedded).toMatchObject({ status: 0, stdout: 'a.safetensors: 8 images, 8 features\n' });
    await dclLab('embed', source, '--data', 'images', '--output', 'b.safetensors');
    expect(await readFile(join(folder, 'a.safetensors'))).toEqual(
      await readFile(join(folder, 'b.safetensors')),
    );
    const evaluated = await dclLab('evaluate', source, '--data', 'images', '--no-linear');
    expect(evaluated.stdout).toMatch(/moco.pth.tar +kNN/);
    const untrained = await dclLab('evaluate', source, '--data', 'images', '--untrained', '--no-linear');
    expect(untrained).toMatchObject({ status: 2, stderr: expect.stringContaining('was trained elsewhere') });
  });

  test('writes the encoder of a run, as ONNX and for TensorFlow.js', async () => {
    expect(await dclLab(...smallPretrain('run'), '--epochs', '1')).toMatchObject({ status: 0 });
    for (const output of ['encoder.onnx', 'encoder']) {
      const converted = await dclLab('convert', 'run', '--output', output);
      expect(converted).toMatchObject({ status: 0, stdout: `Written to ${output}.\n` });
    }
    expect(await readdir(join(folder, 'encoder'))).toContain('model.json');
  });

  test.each<[string, string[], RegExp]>([
    [
      'a file with more than tensors',
      [goldenFile('lightly-children.ckpt'), '--output', 'x.onnx'],
      /refers to argparse.Namespace.*--ignore-unknown/,
    ],
    [
      'an unknown extension',
      [goldenFile('torchvision.pth'), '--output', 'x.h5'],
      /x.h5 has no known extension/,
    ],
    [
      'no such prefix',
      [goldenFile('moco.pth.tar'), '--prefix', 'x', '--output', 'x.onnx'],
      /under the prefix "x"/,
    ],
    ['no such file', ['nowhere.pth', '--output', 'x.onnx'], /nowhere.pth/],
    [
      'a standardisation that is none',
      [goldenFile('torchvision.pth'), '--standardise', '1,2/3', '--output', 'x.onnx'],
      /It must be imagenet, none, or MEAN/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const refused = await dclLab('convert', ...args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(message);
    expect(await readdir(folder)).not.toContain('x.onnx');
  });

  test('reads past what is unknown when told to, with the standardisation that is given', async () => {
    const converted = await dclLab(
      ...['convert', goldenFile('lightly-children.ckpt'), '--ignore-unknown', '--output', 'x.safetensors'],
      ...['--standardise', '0.5,0.5,0.5/0.2,0.2,0.2'],
    );
    expect(converted).toMatchObject({ status: 0 });
    expect(converted.stdout).toContain('standardised by mean 0.5,0.5,0.5 and deviation 0.2,0.2,0.2');

    // So do the commands that read such a file.
    const source = goldenFile('lightly-children.ckpt');
    const how = ['--data', 'images', '--standardise', '0.5,0.5,0.5/0.2,0.2,0.2'];
    const embed = (...more: string[]) => dclLab('embed', source, ...how, ...more);
    expect(await embed('--output', 'c.safetensors')).toMatchObject({ status: 2 });
    const embedded = await embed('--output', 'c.safetensors', '--ignore-unknown');
    expect(embedded).toMatchObject({ status: 0 });
    await dclLab('embed', 'x.safetensors', ...how, '--output', 'd.safetensors');
    expect(await readFile(join(folder, 'c.safetensors'))).toEqual(
      await readFile(join(folder, 'd.safetensors')),
    );
    const evaluated = await dclLab('evaluate', source, ...how, '--ignore-unknown', '--no-linear');
    expect(evaluated.stdout).toMatch(/lightly-children.ckpt +kNN/);
  });
});
