import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { use } from '../../src/engine/index.js';
import { dclw } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { readCheckpoint } from '../../src/train/checkpoint.js';
import { lars, loadEncoder, readEvents, readRunSettings, sgd } from '../../src/train/index.js';
import { checkpointFile } from '../../src/train/run-files.js';
import { engines, useAnyEngine } from '../engines.js';
import { eachWithAFolder, leaveAt, timeless } from './run-in-folder.js';
import { eventsOf, losses, smallEncoder, smallMethods, smallRun } from './small-run.js';

const path = eachWithAFolder();
let folder: string;

beforeEach(() => {
  folder = path();
});

const values = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const checkpointAfter = (step: number) => join(folder, checkpointFile(step));

describe.each(engines)('on the engine %s', (engineName) => {
  beforeAll(async () => {
    await use({ name: engineName, threads: 1 });
  });

  describe.each(smallMethods)('a run of $name', (method) => {
    test.each([1, 2, 3, 4, 5])(
      'left at step %i resumes to the same losses, epochs, weights, queue and velocities',
      async (step) => {
        const whole = join(folder, '..', 'whole');
        const expected = await eventsOf(smallRun({ method, checkpoint: whole }));
        await leaveAt(step, folder, { method });
        const encoder = smallEncoder();
        const run = smallRun({ method, encoder, checkpoint: folder, existing: 'resume' });
        expect(losses(await eventsOf(run))).toEqual(losses(expected).slice(step));
        expect(timeless(await readEvents(folder))).toEqual(timeless(await readEvents(whole)));
        const { tensors } = await readCheckpoint(checkpointAfter(6));
        expect(tensors).toEqual((await readCheckpoint(join(whole, checkpointFile(6)))).tensors);
        expect(values(encoder)).toEqual(values(await loadEncoder(folder)));
      },
    );
  });
});

describe('a run with a folder', () => {
  beforeAll(useAnyEngine);

  test('and chunks left in between resumes to the same weights, and says what its batch norm saw', async () => {
    const [whole, encoder] = [smallEncoder(), smallEncoder()];
    const expected = await eventsOf(smallRun({ encoder: whole, chunkSize: 2 }));
    await leaveAt(2, folder, { chunkSize: 2 });
    const resumed = await eventsOf(
      smallRun({ encoder, chunkSize: 2, checkpoint: folder, existing: 'resume' }),
    );
    expect(losses(resumed)).toEqual(losses(expected).slice(2));
    expect(values(encoder)).toEqual(values(whole));
    expect(await readRunSettings(folder)).toMatchObject({
      gradientCaching: { chunkSize: 2, batchNorm: 'of each chunk' },
    });
    for (const chunkSize of [4, undefined]) {
      const refused = eventsOf(
        smallRun({ checkpoint: folder, existing: 'resume', ...(chunkSize && { chunkSize }) }),
      );
      await expect(refused).rejects.toThrow('gradientCaching was {"chunkSize":2');
    }
  });

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
    expect((await readdir(folder)).sort()).toEqual([
      ...[checkpointFile(5), checkpointFile(6), 'events.jsonl', 'initial.safetensors', 'run.json'],
    ]);
  });

  test('refuses to resume with other settings and lists them', async () => {
    await leaveAt(2, folder);
    const other = { seed: 2, method: simclr({ loss: dclw(), head: { outputFeatures: 3 } }) };
    const error = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume', ...other })).catch(
      (e) => e,
    );
    expect(error.message).toContain('seed was 1, now 2');
    expect(error.message).toContain('"dclw"');
  });

  test.each([
    lars({ form: 'google' }),
    lars({ form: 'pytorch', clip: true, trustCoefficient: 0.02 }),
    sgd({ excludeBiasesAndNorms: true }),
  ])('resumes exactly with the optimiser $name $settings, and refuses another', async (optimiser) => {
    const schedule = { warmupEpochs: 1, warmupStart: 0.01, cosineFloor: 0.1 };
    const encoder = smallEncoder();
    const expected = await eventsOf(smallRun({ encoder, optimiser, ...schedule }));
    await leaveAt(2, folder, { optimiser, ...schedule });
    const resumed = smallRun({ optimiser, ...schedule, checkpoint: folder, existing: 'resume' });
    expect(losses(await eventsOf(resumed))).toEqual(losses(expected).slice(2));
    expect(values(await loadEncoder(folder))).toEqual(values(encoder));
    expect(await readRunSettings(folder)).toMatchObject({
      optimiser: { name: optimiser.name, ...optimiser.settings },
      ...schedule,
    });
    const other = eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    await expect(other).rejects.toThrow(/warmupStart was 0.01, now undefined.*optimiser was .*, now /);
  });

  test('is not begun anew where its checkpoints are missing, unless told to', async () => {
    await leaveAt(2, folder);
    await rm(checkpointAfter(2));
    const record = await readEvents(folder);
    await expect(eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }))).rejects.toThrow(
      `The run in ${folder} cannot be resumed: all of its checkpoints are missing`,
    );
    expect(await readEvents(folder)).toEqual(record);
    const events = await eventsOf(smallRun({ checkpoint: folder, existing: 'overwrite' }));
    expect(events[0]).toMatchObject({ step: 0 });
    expect(await readEvents(folder)).toHaveLength(8);
  });

  test('names its only checkpoint where that is cut short, damaged or another model, and leaves it untouched', async () => {
    await leaveAt(2, folder);
    const good = await readFile(checkpointAfter(2));
    const resume = (encoder = smallEncoder()) =>
      eventsOf(smallRun({ encoder, checkpoint: folder, existing: 'resume' })).catch((error) => error.message);

    await truncate(checkpointAfter(2), good.length - 10);
    expect(await resume()).toContain(`${checkpointAfter(2)} is cut short`);
    expect((await readFile(checkpointAfter(2))).length).toBe(good.length - 10);

    const flipped = Buffer.from(good);
    flipped[flipped.length - 1]! ^= 1;
    await writeFile(checkpointAfter(2), flipped);
    expect(await resume()).toContain(`${checkpointAfter(2)} is damaged`);
    expect(await readFile(checkpointAfter(2))).toEqual(flipped);

    await writeFile(checkpointAfter(2), good);
    const settings = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    const wider = smallEncoder(3);
    settings.encoder.parameters = wider.countParams();
    await writeFile(join(folder, 'run.json'), JSON.stringify(settings));
    expect(await resume(wider)).toMatch(/belongs to another model: its encoder\/000 has shape \[3,3,1,2\]/);
    expect(await readFile(checkpointAfter(2))).toEqual(good);
  });
});
