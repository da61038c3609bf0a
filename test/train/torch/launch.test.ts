import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gaussianBlur } from '../../../src/data/blur.js';
import { imagenetViews } from '../../../src/data/index.js';
import { use } from '../../../src/engine/index.js';
import { imagenetPixels, resnets, stems } from '../../../src/models/index.js';
import {
  loadEncoder,
  recipe,
  type TorchPretraining,
  torchPretrainingOf,
  torchScript,
} from '../../../src/train/index.js';
import { loadResNet, open } from '../../../src/weights/index.js';
import { writeImages } from '../../cli/write-images.js';
import { relativeError } from '../../models/chirp.js';
import { hasPyTorch, inPython, python, skipped, torchrun, withDescendants } from './python.js';

/** Tiny: 3 steps an epoch on the images of `writeImages`. */
const pretraining: TorchPretraining = {
  ...torchPretrainingOf(recipe('lightly'), { batchSize: 8, epochs: 20 }),
  encoder: {
    ...{ ...resnets.resnet8, width: 2, stem: stems.cifar },
    ...{ standardise: imagenetPixels, inputShape: [8, 8, 3] },
  },
  head: { hiddenFeatures: 8, outputFeatures: 4, batchNorm: 'all' },
};
const steps = 3 * 20;

describe.skipIf(!hasPyTorch)(`a run of an exported script ${skipped}`, { timeout: 600_000 }, () => {
  let folder: string;
  const inFolder = (...path: string[]) => join(folder, ...path);
  beforeAll(async () => {
    await use({ name: 'cpu' });
    folder = await mkdtemp(join(tmpdir(), 'dcl-lab-launch-'));
    await writeImages(inFolder('images'));
    await writeFile(inFolder('pretrain.py'), torchScript(pretraining));
    expect(launchAndWait(2, 'whole').status).toBe(0);
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true }));

  const argumentsOf = (processes: number, output: string, script = 'pretrain.py') =>
    torchrun(
      processes,
      ...[inFolder(script), '--data', inFolder('images'), '--output', inFolder(output), '--workers', '1'],
      ...['--checkpoint-seconds', '0.1'],
    );
  const launchAndWait = (...args: Parameters<typeof argumentsOf>) => inPython(...argumentsOf(...args));

  /** Starts two processes and, some steps after the first checkpoint, does what is asked to them. */
  async function launchAndDisturb(output: string, disturb: (pid: number) => void, script?: string) {
    const child = spawn(python, argumentsOf(2, output, script), { stdio: 'ignore' });
    const ended = once(child, 'close');
    while (!(await recordOf(output)).some(({ step }) => step >= 12)) await setTimeout(20);
    disturb(child.pid!);
    await ended;
  }

  const kill = (pid: number) => {
    for (const each of withDescendants(pid)) process.kill(each, 'SIGKILL');
  };

  async function recordOf(output: string): Promise<{ step: number; loss?: number; q_mean?: number }[]> {
    const text = await readFile(inFolder(output, 'record.jsonl'), 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  const lossesOf = async (output: string) =>
    (await recordOf(output)).flatMap(({ step, loss }) => (loss === undefined ? [] : [[step, loss]]));

  /** Weights and velocities. */
  async function tensorsOf(output: string): Promise<Map<string, readonly number[]>> {
    const file = await open(inFolder(output, 'checkpoint.pth'));
    const names = [...file.tensors.keys()];
    const values = await Promise.all(names.map(async (name) => [...(await file.read(name)).values] as const));
    await file.close();
    return new Map(names.map((name, i) => [name, values[i]!]));
  }

  test('records every tenth step and the last of each epoch', async () => {
    const [begun, ...reports] = await recordOf('whole');
    expect(begun).toMatchObject({ step: 0, steps, images: 24, processes: 2, device: 'cpu' });
    expect(reports.map(({ step }) => step)).toEqual(
      Array.from({ length: steps }, (_, i) => i + 1).filter((step) => step % 10 === 0 || step % 3 === 0),
    );
    for (const { q_mean: q } of reports) expect(q).toSatisfy((value: number) => value > 0 && value < 1);
  });

  test('goes on exactly where its checkpoint was after a kill', async () => {
    await launchAndDisturb('killed', kill);
    expect((await recordOf('killed')).at(-1)!.step).toBeLessThan(steps);
    expect(launchAndWait(2, 'killed').status).toBe(0);
    expect(await tensorsOf('killed')).toEqual(await tensorsOf('whole'));
    expect(await lossesOf('killed')).toEqual(await lossesOf('whole'));
  });

  test('goes on with the keys, the queue and the key momentum of MoCo after a kill', async () => {
    const method = { name: 'moco', queueSize: 20, keyMomentum: 0.9, keyMomentumSchedule: 'cosine' } as const;
    await writeFile(inFolder('moco.py'), torchScript({ ...pretraining, method }));
    expect(launchAndWait(2, 'moco', 'moco.py').status).toBe(0);
    await launchAndDisturb('moco-killed', kill, 'moco.py');
    expect((await recordOf('moco-killed')).at(-1)!.step).toBeLessThan(steps);
    expect(launchAndWait(2, 'moco-killed', 'moco.py').status).toBe(0);
    const tensors = await tensorsOf('moco-killed');
    expect(tensors).toEqual(await tensorsOf('moco'));
    expect(tensors.get('model.queue')).toHaveLength(20 * 4);
    expect(await lossesOf('moco-killed')).toEqual(await lossesOf('moco'));
  });

  test('leaves a checkpoint of the latest step on SIGTERM, from which another number of processes goes on', async () => {
    await launchAndDisturb('terminated', (pid) => process.kill(pid, 'SIGTERM'));
    const { step: last } = (await recordOf('terminated')).at(-1)!;
    expect(last).toBeLessThan(steps);
    const printed = inPython(
      '-c',
      `import torch; print(torch.load(${JSON.stringify(inFolder('terminated', 'checkpoint.pth'))})["step"])`,
    );
    expect(Number(printed.stdout)).toBe(last);
    expect(launchAndWait(1, 'terminated').status).toBe(0);
    const losses = new Map((await lossesOf('terminated')) as [number, number][]);
    const whole = new Map((await lossesOf('whole')) as [number, number][]);
    // The same batches and views: another order of summation is all the difference, and training makes more of it.
    const next = [...losses.keys()].find((step) => step > last)!;
    expect(Math.abs(losses.get(next)! - whole.get(next)!)).toBeLessThan(1e-3);
    expect(losses.size).toBeGreaterThanOrEqual(whole.size);
  });

  test('loads here, with what is done to its pixels', async () => {
    const path = inFolder('whole', 'checkpoint.pth');
    const { encoder, standardisation, unused } = await loadResNet(path);
    expect(encoder.inputs[0]!.shape).toEqual([null, 8, 8, 3]);
    expect(standardisation).toEqual(imagenetPixels);
    expect(unused).toContain('model.head.output.weight');
    const larger = await loadEncoder(path, { foreign: { inputShape: [16, 16, 3] } });
    expect(larger.inputs[0]!.shape).toEqual([null, 16, 16, 3]);
  });

  test('refuses to go on with other settings', async () => {
    await writeFile(
      inFolder('other.py'),
      torchScript({ ...pretraining, loss: { ...pretraining.loss, settings: { temperature: 0.3 } } }),
    );
    const other = launchAndWait(1, 'whole', 'other.py');
    expect(other.status).not.toBe(0);
    expect(other.stderr).toContain(
      'temperature was 0.1, now 0.3. Give the same settings or another --output.',
    );
  });

  test('blurs as views do here', async () => {
    const [height, width, sigma] = [42, 30, 1.3];
    const image = Float32Array.from({ length: height * width * 3 }, (_, n) => (Math.sin(n * n) + 1) / 2);
    await writeFile(inFolder('image.f32'), new Uint8Array(image.buffer));
    const views = imagenetViews({ blur: { probability: 1, sigma: [sigma, sigma] } });
    await writeFile(inFolder('blur.py'), torchScript({ ...pretraining, views }));
    const script = fileURLToPath(new URL('blur.py', import.meta.url));
    const { status, stderr } = inPython(script, folder, String(height), String(width));
    expect(status, stderr).toBe(0);
    gaussianBlur(image, [height, width, 3], sigma);
    const blurred = new Float32Array(new Uint8Array(await readFile(inFolder('blurred.f32'))).buffer);
    expect(relativeError(blurred, [...image])).toBeLessThan(1e-5);
  });
});
