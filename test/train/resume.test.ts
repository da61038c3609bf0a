import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dclw } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { loadEncoder, readEvents, type TrainEvent } from '../../src/train/index.js';
import { eventsOf, losses, smallEncoder, smallRun } from './small-run.js';

let folder: string;

beforeAll(() => tf.setBackend('cpu'));
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'dcl-lab-')), 'run');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const checkpointFile = () => join(folder, 'checkpoint.safetensors');

/** Runs until the step and leaves the loop, as a notebook cell that is interrupted does. */
async function leaveAt(step: number, options: Parameters<typeof smallRun>[0] = {}): Promise<void> {
  for await (const event of smallRun({ checkpoint: folder, ...options })) {
    if (event.type === 'step' && event.step === step) break;
  }
}

const timeless = (events: readonly TrainEvent[]) =>
  events.map((event) => ({ ...event, seconds: 0, imagesPerSecond: 0 }));

describe('a run with a folder', () => {
  test.each([1, 2, 3, 4, 5])(
    'left at step %i resumes to the same losses, epochs and weights',
    async (step) => {
      const whole = smallEncoder();
      const expected = await eventsOf(smallRun({ encoder: whole }));
      await leaveAt(step);
      const encoder = smallEncoder();
      const resumed = await eventsOf(smallRun({ encoder, checkpoint: folder, existing: 'resume' }));
      expect(losses(resumed)).toEqual(losses(expected).slice(step));
      expect(timeless(await readEvents(folder))).toEqual(
        timeless(expected.filter(({ type }) => type === 'step' || type === 'epoch')),
      );
      const values = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
      expect(values(encoder)).toEqual(values(whole));
      expect(values(await loadEncoder(folder))).toEqual(values(whole));
    },
  );

  test('says which step it resumes from, and ends at once when it was complete', async () => {
    await eventsOf(smallRun({ checkpoint: folder }));
    const events = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(events).toMatchObject([
      { type: 'start', step: 6 },
      { type: 'end', reason: 'completed' },
    ]);
  });

  test('writes a checkpoint whenever one is due', async () => {
    const events = await eventsOf(smallRun({ checkpoint: folder, checkpointSeconds: 0 }));
    const steps = events.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : []));
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await readdir(folder)).sort()).toEqual(['checkpoint.safetensors', 'events.jsonl', 'run.json']);
  });

  test('gives back the encoder as it was before training', async () => {
    await eventsOf(smallRun({ checkpoint: folder }));
    const initial = await loadEncoder(folder, { weights: 'initial' });
    expect([...initial.getWeights()[0]!.dataSync()]).toEqual([...smallEncoder().getWeights()[0]!.dataSync()]);
  });

  test('refuses a folder with another run and leaves it alone', async () => {
    await eventsOf(smallRun({ checkpoint: folder }));
    const before = await readFile(checkpointFile());
    await expect(eventsOf(smallRun({ checkpoint: folder }))).rejects.toThrow(`${folder} holds another run`);
    expect(await readFile(checkpointFile())).toEqual(before);
  });

  test('overwrites only when told to', async () => {
    await leaveAt(4);
    const events = await eventsOf(smallRun({ checkpoint: folder, existing: 'overwrite', seed: 9 }));
    expect(events[0]).toMatchObject({ step: 0 });
    expect(await readEvents(folder)).toHaveLength(8);
  });

  test('refuses to resume with other settings and lists them', async () => {
    await leaveAt(2);
    const other = { seed: 2, method: simclr({ loss: dclw(), head: { outputFeatures: 3 } }) };
    const error = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume', ...other })).catch(
      (e) => e,
    );
    expect(error.message).toContain('seed was 1, now 2');
    expect(error.message).toContain('"dclw"');
  });

  test('refuses a folder of something else', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'thesis.tex'), 'x');
    await expect(eventsOf(smallRun({ checkpoint: folder, existing: 'overwrite' }))).rejects.toThrow(
      'holds no run of dcl-lab',
    );
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });

  test('starts over where it was killed before its first checkpoint', async () => {
    await leaveAt(2);
    await rm(checkpointFile());
    const events = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(events[0]).toMatchObject({ step: 0 });
    expect(await readEvents(folder)).toHaveLength(8);
  });

  test('names a checkpoint that is cut short, damaged or another model, and leaves it untouched', async () => {
    await leaveAt(2);
    const good = await readFile(checkpointFile());
    const resume = (encoder = smallEncoder()) =>
      eventsOf(smallRun({ encoder, checkpoint: folder, existing: 'resume' })).catch((error) => error.message);

    await truncate(checkpointFile(), good.length - 10);
    expect(await resume()).toContain(`${checkpointFile()} is cut short`);
    expect((await readFile(checkpointFile())).length).toBe(good.length - 10);

    const flipped = Buffer.from(good);
    flipped[flipped.length - 1]! ^= 1;
    await writeFile(checkpointFile(), flipped);
    expect(await resume()).toContain(`${checkpointFile()} is damaged`);
    expect(await readFile(checkpointFile())).toEqual(flipped);

    await writeFile(checkpointFile(), good);
    const settings = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    const wider = smallEncoder(3);
    settings.encoder.parameters = wider.countParams();
    await writeFile(join(folder, 'run.json'), JSON.stringify(settings));
    expect(await resume(wider)).toMatch(/belongs to another model: its encoder\/000 has shape \[3,3,1,2\]/);
    expect(await readFile(checkpointFile())).toEqual(good);
  });
});
