import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/weights/index.js';
import { notebookOf } from '../notebook/cells.js';
import { type Finished, smallPretrain as pretrain, type Started, start as startIn } from './command.js';
import { writeImages } from './write-images.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-cli-'));
  await writeImages(join(folder, 'images'));
});
afterAll(() => rm(folder, { recursive: true }));

const start = (args: readonly string[], sign?: string): Started =>
  startIn(args, { folder, ...(sign && { sign }) });

const dclLab = (...args: string[]): Promise<Finished> => start(args).finished;

async function recorded(run: string): Promise<unknown[]> {
  const lines = (await readFile(join(folder, run, 'events.jsonl'), 'utf8')).trim().split('\n');
  const events = lines.map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }));
  // When there are checkpoints is for the clock to decide.
  return events.filter(({ type }) => type !== 'checkpoint');
}

describe('dcl-lab', () => {
  test('lists its commands and the options of each', async () => {
    expect((await dclLab('--help')).stdout).toMatch(/pretrain[\s\S]*embed[\s\S]*evaluate[\s\S]*run/);
    const { stdout, status } = await dclLab('pretrain', '--help');
    expect(status).toBe(0);
    for (const option of [
      '--loss',
      '--temperature',
      '--batch-size',
      '--resume',
      '--overwrite',
      '--threads',
    ]) {
      expect(stdout).toContain(option);
    }
  });

  test('pretrains, embeds and evaluates, with plain lines when piped', async () => {
    const trained = await dclLab(...pretrain('whole'));
    expect(trained).toMatchObject({ status: 0, stderr: expect.stringContaining('Engine: onnxruntime') });
    expect(trained.stdout + trained.stderr).not.toContain('\u001b');

    const embedded = await dclLab('embed', 'whole', '--data', 'images', '--output', 'test.safetensors');
    expect(embedded).toMatchObject({ status: 0, stdout: 'test.safetensors: 8 images, 8 features\n' });
    const { tensors } = decodeSafetensors(
      await readFile(join(folder, 'test.safetensors')),
      'test.safetensors',
    );
    expect(tensors.get('features')).toMatchObject({ shape: [8, 8] });
    expect([...tensors.get('labels')!.values]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);

    const evaluated = await dclLab(
      'evaluate',
      'whole',
      '--data',
      'images',
      '--untrained',
      '--linear-epochs',
      '2',
    );
    expect(evaluated.status).toBe(0);
    expect(evaluated.stdout).toMatch(
      /whole, untrained +kNN[\s\S]*whole, untrained +linear[\s\S]*whole +kNN[\s\S]*whole +linear/,
    );
  });

  test('pretrains with MoCo, whose queue is in the checkpoint, and with its options alone', async () => {
    const moco = await dclLab(...pretrain('moco', '--method', 'moco', '--queue-size', '6'));
    expect(moco).toMatchObject({ status: 0 });
    const checkpoint = await readFile(join(folder, 'moco', 'checkpoint-00000009.safetensors'));
    const { tensors } = decodeSafetensors(checkpoint, 'its checkpoint');
    expect(tensors.get('memory/queue')).toMatchObject({ shape: [6, 4] });
    const refused = await dclLab(...pretrain('simclr', '--queue-size', '6'));
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('queueSize is 6, but the method simclr has no such setting'),
    });
  });

  test('pretrains by a recipe, but for what is typed, and resumes with its options alone', async () => {
    const settingsOf = async (run: string) =>
      JSON.parse(await readFile(join(folder, run, 'run.json'), 'utf8'));
    const recipe = ['--recipe', 'paper', 'lightly', '--warmup-epochs', '1', '--weight-decay', '0.01'];
    expect(await dclLab(...pretrain('by-recipe', ...recipe))).toMatchObject({ status: 0 });
    const settings = await settingsOf('by-recipe');
    expect(settings).toMatchObject({
      method: { name: 'simclr', hiddenFeatures: 2048, outputFeatures: 4, headBatchNorm: 'all' },
      loss: { name: 'dcl', temperature: 0.1 },
      encoder: { standardise: { mean: [0.485, 0.456, 0.406] } },
      batchSize: 8,
      epochs: 3,
      learningRate: 0.075 * Math.sqrt(8),
      warmupEpochs: 1,
      cosineFloor: 0.001,
      optimiser: { name: 'lars', form: 'pytorch', weightDecay: 0.01, excludeBiasesAndNorms: true },
      views: { hue: 0.2, blur: { probability: 0.5, sigma: [0.1, 2] } },
    });
    expect(await dclLab('pretrain', '--output', 'by-recipe', '--resume')).toMatchObject({ status: 0 });
    const other = [
      '--recipe',
      'solo-learn',
      '--optimiser',
      'sgd',
      '--learning-rate',
      '0.1',
      '--epochs',
      '11',
    ];
    expect(await dclLab(...pretrain('typed', ...other, '--accumulate', '3'))).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('no more negatives'),
    });
    expect(await settingsOf('typed')).toMatchObject({
      loss: { name: 'infonce', temperature: 0.2 },
      learningRate: 0.1,
      warmupStart: 3e-5,
      gradientAccumulation: { batches: 3 },
      optimiser: { name: 'sgd', weightDecay: 5e-4 },
    });
    const form = ['--recipe', 'solo-learn', '--lars-form', 'google', '--warmup-epochs', '0'];
    expect(await dclLab(...pretrain('form', ...form))).toMatchObject({ status: 0 });
    expect((await settingsOf('form')).optimiser).toEqual({
      ...{ name: 'lars', form: 'google', momentum: 0.9, trustCoefficient: 0.02, weightDecay: 1e-4 },
      excludeBiasesAndNorms: true,
    });
  }, 120_000);

  test('shows a recipe with its sources, and what two do differently', async () => {
    const one = await dclLab('recipes', 'paper');
    expect(one).toMatchObject({ status: 0, stdout: expect.stringMatching(/optimiser +not stated/) });
    expect(one.stdout).toMatch(/batchSize +Yeh et al., 2022, abstract +256/);
    const two = await dclLab('recipes', 'paper,simclr', 'lightly');
    expect(two.stdout).toMatch(/setting +paper, otherwise simclr +lightly/);
    expect(two.stdout).toMatch(/optimiser.form +google +pytorch/);
    expect(two.stdout).not.toMatch(/^(batchSize|loss) /m);
  });

  test('tells what a run would take, and writes nothing', async () => {
    const { status, stdout } = await dclLab(...pretrain('estimated', '--estimate', '--epochs', '1000'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[\d.]+ images\/s, median of a few steps\n3000 steps: .*\n[\d.]+ GiB of memory/);
    expect(existsSync(join(folder, 'estimated'))).toBe(false);
  });

  test('killed at any moment, resumes to the same events, losses to the last digit', async () => {
    const options = ['--epochs', '20', '--checkpoint-seconds', '0.05'];
    await dclLab(...pretrain('uninterrupted', ...options));
    const expected = await recorded('uninterrupted');
    // The last of an epoch's 3 steps and the epoch itself, and every tenth step.
    expect(expected).toHaveLength(20 * 2 + 4);
    // A run with a checkpoint knows its options; one that was killed before the first is begun again.
    for (const [run, sign, known] of [
      ['killed-first', 'epochs of', false],
      ['killed-later', 'epoch 2/20', true],
    ] as const) {
      const { child, begun, finished } = start(pretrain(run, ...options), sign);
      await begun;
      child.kill('SIGKILL');
      await finished;
      const again = known ? ['pretrain', '--output', run] : pretrain(run, ...options);
      expect(await dclLab(...again, '--resume')).toMatchObject({ status: 0 });
      expect(await recorded(run)).toEqual(expected);
    }
  }, 180_000);

  test.each([
    ['an unknown data set', ['--data', 'cifar11'], /cifar11.*mnist, cifar10, cifar100/],
    ['a missing folder', ['--data', './nowhere'], /nowhere/],
    ['an unknown loss', ['--loss', 'triplet'], /infonce, dcl, dclw/],
    ['a batch larger than the data set', ['--batch-size', '500'], /500.*24 images/],
    ['chunks that do not fill a batch', ['--chunk-size', '3'], /chunkSize is 3.*batch of 8/],
    [
      'a recipe that leaves settings open',
      ['--recipe', 'paper'],
      /paper does not state temperature, head, views/,
    ],
    ['a recipe that there is none of', ['--recipe', 'byol'], /paper, lightly, solo-learn, simclr/],
    ['an option of another optimiser', ['--trust-coefficient', '0.1'], /trustCoefficient is 0.1.*sgd/],
    ['a scaling of nothing', ['--learning-rate-scaling', 'linear'], /give its base by --learning-rate/],
    [
      'accumulation with chunks',
      ['--accumulate', '2', '--chunk-size', '4'],
      /accumulate is 2 and chunkSize 4/,
    ],
    ['a temperature of 0', ['--temperature', '0'], /temperature is 0/],
    ['a width of 0', ['--width', '0'], /width is 0/],
    ['no threads', ['--threads', '0'], /threads is 0/],
    ['a sigma for a loss that has none', ['--sigma', '0.5'], /sigma/],
    ['text for a number', ['--epochs', 'ten'], /whole number/],
    ['nothing for a number', ['--epochs', ''], /whole number/],
  ])('refuses %s by name', async (_, options, message) => {
    const { status, stderr } = await dclLab(...pretrain('refused', ...options));
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  test.each([
    ['a missing option', ['pretrain', '--output', 'refused'], /--data/],
    ['an unknown command', ['train'], /unknown command 'train'/],
    ['no command', [], /Usage/],
    ['a missing notebook', ['run', 'nowhere.ipynb'], /nowhere\.ipynb/],
    ['to resume what is not there', ['pretrain', '--output', 'none', '--resume'], /none holds no run/],
  ])('refuses %s', async (_, args, message) => {
    const { status, stderr } = await dclLab(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    if (args.length > 0) expect(stderr).toMatch(/--help|dcl-lab:/);
  });

  test('names images that cannot be read, counts those it does not name, and keeps the others', async () => {
    await writeImages(join(folder, 'damaged'));
    for (let i = 0; i < 12; i++)
      await writeFile(join(folder, 'damaged/train/odd', `damaged-${i}.png`), 'no image');
    const args = ['pretrain', '--data', 'damaged', '--images', '1000', '--output', 'refused'];
    const { status, stderr } = await dclLab(...args);
    expect(stderr.match(/^Skipped damaged\/train\/odd\/damaged-\d+\.png: .+$/gm)).toHaveLength(10);
    expect(stderr).toContain('Skipped 12 images that cannot be read, 2 of them not named');
    // More images were asked for than the 24 that are left.
    expect(stderr).toContain('from 1 to 24, not 1000');
    expect(status).toBe(2);
  });

  test('refuses a folder with another run unless told to resume or overwrite', async () => {
    await dclLab(...pretrain('taken', '--epochs', '1'));
    const again = await dclLab(...pretrain('taken', '--epochs', '1'));
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('taken holds another run') });
    expect((await dclLab(...pretrain('taken', '--epochs', '1', '--overwrite'))).status).toBe(0);
    const resume = ['pretrain', '--output', 'taken', '--resume'];
    expect((await dclLab(...resume, '--seed', '2')).stderr).toContain('seed was 1, now 2');
  });

  test('keeps others out of its folder, and ends cleanly at Ctrl-C with a checkpoint to continue from', async () => {
    const { child, begun, finished } = start(pretrain('interrupted', '--epochs', '2000'));
    await begun;
    const second = await dclLab(...pretrain('interrupted', '--epochs', '2000', '--resume'));
    expect(second).toMatchObject({ status: 2, stderr: expect.stringContaining(`process ${child.pid}`) });
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ status: 130 });
    const resumed = start(pretrain('interrupted', '--epochs', '2000', '--resume'));
    await resumed.begun;
    resumed.child.kill('SIGINT');
    expect((await resumed.finished).stderr).toMatch(/resumed after step \d+/);
  });
});

describe('dcl-lab run', () => {
  const saved = async (name: string, ...cells: string[]): Promise<string> => {
    await writeFile(join(folder, name), JSON.stringify(notebookOf(...cells)));
    return name;
  };

  test('ends with 1 when a cell fails, and shows its code and its error but nothing of its own', async () => {
    const notebook = await saved('failing.ipynb', 'throw new RangeError("too far");');
    const { status, stderr } = await dclLab('run', notebook);
    expect(status).toBe(1);
    expect(stderr).toContain('    throw new RangeError("too far");');
    expect(stderr).toContain('RangeError: too far\n    at the cell');
    expect(stderr).not.toMatch(/at .*(dist|node:)/);
  });

  test('ends with 130 at Ctrl-C, and with 1 when a cell takes too long', async () => {
    const endless = 'while (true) { console.log("begun"); await new Promise((r) => setTimeout(r, 50)); }';
    const notebook = await saved('endless.ipynb', endless);
    const { child, begun, finished } = start(['run', notebook], 'cell 1/1: begun');
    await begun;
    child.kill('SIGINT');
    expect(await finished).toMatchObject({
      status: 130,
      stderr: expect.stringContaining('dcl-lab: cell 1 was stopped\n'),
    });
    const late = await dclLab('run', notebook, '--cell-timeout', '1');
    expect(late).toMatchObject({ status: 1, stderr: expect.stringContaining('ran longer than 1 s\n') });
  });
});

test('dcl-lab kernel install and uninstall say where the kernel is', async () => {
  const place = join('env', 'share', 'jupyter', 'kernels', 'dcl-lab');
  const installed = await dclLab('kernel', 'install', '--prefix', 'env');
  expect(installed).toMatchObject({ status: 0, stdout: expect.stringContaining(place) });
  const removed = await dclLab('kernel', 'uninstall', '--prefix', 'env');
  expect(removed).toMatchObject({ status: 0, stdout: expect.stringContaining(place) });
  const again = await dclLab('kernel', 'uninstall', '--prefix', 'env');
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no kernel in') });
  expect((await dclLab('kernel', 'install', '--user', '--prefix', 'env')).status).toBe(2);
});
