import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/weights/index.js';
import { type Finished, smallPretrain, start } from './command.js';
import { writeImages } from './write-images.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-export-'));
  await writeImages(join(folder, 'images'));
  const trained = await dclLab(...smallPretrain('run'), '--epochs', '1', '--seed', '7');
  expect(trained).toMatchObject({ status: 0 });
});
afterAll(() => rm(folder, { recursive: true }));

const dclLab = (...args: string[]): Promise<Finished> => start(args, { folder }).finished;
const read = (name: string) => readFile(join(folder, name), 'utf8');

describe('dcl-lab export --torch', () => {
  test("writes a run's settings and weights", async () => {
    const exported = await dclLab(
      ...['export', '--torch', 'run', '--output', 'run.py', '--initial', 'initial.safetensors'],
    );
    expect(exported).toMatchObject({ status: 0, stderr: '' });
    expect(exported.stdout).toBe(
      'Written to run.py; its beginning says how to start it.\nIts initial weights are in initial.safetensors.\n',
    );
    const script = await read('run.py');
    for (const line of [
      'Written by dcl-lab 0.1.0 from the run run;',
      'encoder: str = "the ResNet below"',
      'width: int = 2',
      'stages: tuple[int, ...] = (1, 1, 1)',
      // As wide as the encoder's features.
      'head_hidden: int = 8',
      'head_output: int = 4',
      'view_size: tuple[int, ...] = (8, 8)',
      'batch_size: int = 8',
      'seed: int = 7',
      'learning_rate: float = 0.00375',
      'torch.optim.SGD',
    ]) {
      expect(script).toContain(line);
    }
    const weights = await readFile(join(folder, 'initial.safetensors'));
    const { tensors, metadata } = decodeSafetensors(weights, 'initial.safetensors');
    expect(tensors.get('layer2.0.downsample.0.weight')!.shape).toEqual([4, 2, 1, 1]);
    expect(tensors.get('head.output.weight')!.shape).toEqual([4, 8]);
    expect([...tensors.keys()].filter((name) => name.startsWith('head.'))).toHaveLength(7);
    expect(metadata['dcl-lab encoder']).toContain('"inputShape":[8,8,3]');
  });

  test('writes what one recipe, and a second one, say', async () => {
    const exported = await dclLab(
      ...['export', '--torch', 'paper', 'lightly', '--loss', 'infonce', '--output', 'infonce.py'],
    );
    expect(exported).toMatchObject({ status: 0 });
    const script = await read('infonce.py');
    expect(script).toContain('F.softplus(log_u - positives).mean()');
    expect(script).toContain('epochs: int = 200');
  });

  test('writes a recipe with another method', async () => {
    const exported = await dclLab(
      ...['export', '--torch', 'lightly', '--method', 'moco', '--output', 'moco.py'],
      ...['--queue-size', '512', '--key-momentum', '0.99'],
    );
    expect(exported).toMatchObject({ status: 0 });
    const script = await read('moco.py');
    for (const line of ['queue_size: int = 512', 'key_momentum: float = 0.99'])
      expect(script).toContain(line);
  });

  test('leaves a script alone that is there', async () => {
    await dclLab('export', '--torch', 'lightly', '--output', 'edited.py');
    const again = await dclLab('export', '--torch', 'simclr', '--output', 'edited.py');
    expect(again).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('edited.py: it is there already'),
    });
    expect(await read('edited.py')).toContain('the recipe lightly');
  });

  test.each<[string, string[], RegExp]>([
    ['what is neither', ['nowhere'], /nowhere holds no readable run/],
    ['two runs', ['run', 'run'], /--torch is run run: give one run's folder, or recipes of paper/],
    [
      'a run with another method',
      ['run', '--method', 'moco'],
      /method is moco, but run is a run, .* leave it/,
    ],
    [
      'a queue without a method',
      ['lightly', '--queue-size', '9'],
      /queueSize is 9, but the method simclr has/,
    ],
    ['a recipe that is none', ['paper', 'vissl'], /no recipe "vissl": choose paper/],
    [
      'weights of a recipe',
      ['lightly', '--initial', 'a.safetensors'],
      /lightly is a recipe, which has no weights/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const refused = await dclLab('export', '--output', 'x.py', '--torch', ...args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(message);
    expect(await readdir(folder)).not.toContain('x.py');
  });
});
