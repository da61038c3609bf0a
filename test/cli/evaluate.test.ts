import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, smallPretrain, start } from './command.js';
import { writeImages } from './write-images.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-cli-evaluate-'));
  await writeImages(join(folder, 'images'));
  await dclLab(...smallPretrain('run', '--epochs', '1'));
});
afterAll(() => rm(folder, { recursive: true }));

const dclLab = (...args: string[]): Promise<Finished> => start(args, { folder }).finished;
const embed = (output: string) => ['embed', 'run', '--data', 'images', '--threads', '1', '--output', output];
const evaluate = (...more: string[]) => ['evaluate', 'run', '--data', 'images', '--threads', '1', ...more];

async function contentsOf(path: string): Promise<Record<string, string>> {
  const names = (await readdir(join(folder, path))).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, path, name), 'latin1')])),
  );
}

describe('dcl-lab embed into a folder', () => {
  test.each([
    [['--shards', '0'], 'shards is 0'],
    [['--jobs', '0'], 'jobs is 0'],
    [['--slurm', 'partition=gpu'], '--slurm partition is for a cluster; give --executor slurm as well'],
  ])('refuses %j', async (options, message) => {
    const refused = await dclLab(...embed('refused/'), ...options);
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });

  test('killed at its file operations or out of disk, goes on to the same bytes', async () => {
    expect(await dclLab(...embed('whole/'))).toMatchObject({
      status: 0,
      stdout: 'whole/: 8 images, 8 features\n',
    });
    const expected = await contentsOf('whole');
    expect(Object.keys(expected)).toEqual(['features-00000.safetensors', 'features.json']);
    for (const [i, operation] of [
      '^link lock #1',
      '^write features-0 #1',
      '^rename features-0 #1',
      '^rename features\\.json #2',
    ].entries()) {
      const output = `killed-${i}`;
      const fault = { kind: 'SIGKILL', in: output, at: operation } as const;
      const killed = start(embed(output), { folder, fault });
      expect(await killed.finished, operation).toMatchObject({ signal: 'SIGKILL' });
      expect(await dclLab(...embed(output)), operation).toMatchObject({ status: 0 });
      expect(await contentsOf(output), operation).toEqual(expected);
    }
    const fault = { kind: 'ENOSPC', in: 'full', at: '^write features-0 #1' } as const;
    expect(await start(embed('full'), { folder, fault }).finished).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('full/features-00000.safetensors cannot be written; free space'),
    });
    expect(await dclLab(...embed('full'))).toMatchObject({ status: 0 });
    expect(await contentsOf('full')).toEqual(expected);
  });

  test('refuses the folder of another split, with what differs', async () => {
    await dclLab(...embed('test-split'));
    const { status, stderr } = await dclLab(...embed('test-split'), '--split', 'train');
    expect(status).toBe(2);
    expect(stderr).toMatch(/test-split holds other features:.*count was 8, now 24/);
  });
});

describe('dcl-lab evaluate', () => {
  test('evaluates in every way, with intervals, and writes a report', async () => {
    const ways = ['--online', '--fine-tune', '--linear-epochs', '2', '--fine-tune-epochs', '1'];
    const places = ['--features', 'features', '--checkpoints', 'checkpoints', '--report', 'report'];
    const { status, stdout, stderr } = await dclLab(...evaluate(...ways, '--batch-size', '8', ...places));
    expect(stderr).toContain('linear evaluation of resnet8 on images train: 2 epochs of 3 steps');
    expect(stderr).toMatch(/fine-tuning of resnet8.*: completed at step 3 .*top-1 .* after the last epoch/);
    expect(status).toBe(0);
    expect(stdout).toMatch(/encoder +evaluation +top-1 % +95 % interval +top-5 %/);
    expect(stdout).toMatch(/run +kNN[\s\S]*run +linear[\s\S]*run +online linear[\s\S]*run +fine-tuned/);
    expect((await readdir(join(folder, 'features/run'))).sort()).toEqual(['test', 'train']);
    const files = (await readdir(join(folder, 'report'))).sort();
    const tables = ['calibration', 'classes', 'confusions', 'errors'];
    expect(files).toEqual(
      [
        ...['classes', 'confusions'].map((name) => `run-kNN-${name}.csv`),
        ...['fine-tuned', 'linear', 'online-linear'].flatMap((way) =>
          tables.map((name) => `run-${way}-${name}.csv`),
        ),
      ].sort(),
    );
    const classes = (await readFile(join(folder, 'report/run-linear-classes.csv'), 'utf8')).split('\n');
    expect(classes[0]).toBe('class,images,accuracy,low,high');
    expect(classes[1]).toMatch(/^even,4,/);

    // The same command finds everything done.
    const again = await dclLab(...evaluate(...ways, '--batch-size', '8', ...places));
    expect(again.stdout).toBe(stdout);
    expect(again.stderr).toContain('resumed after step 6');
  });

  test('stopped by Ctrl-C, leaves a checkpoint to go on from', async () => {
    const args = evaluate(
      '--no-knn',
      '--no-linear',
      '--online',
      '--linear-epochs',
      '5000',
      '--batch-size',
      '8',
    );
    const keep = ['--checkpoints', 'interrupted'];
    const { child, begun, finished } = start([...args, ...keep], { folder, sign: 'epoch 2/' });
    await begun;
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ status: 130, stderr: expect.stringContaining('stopped at step') });
    const resumed = start([...args, ...keep], { folder, sign: 'resumed after step' });
    await resumed.begun;
    resumed.child.kill('SIGINT');
    expect((await resumed.finished).stderr).toMatch(/resumed after step \d+/);
  });
});
