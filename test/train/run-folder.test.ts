import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { simclrViews } from '../../src/data/index.js';
import { engineInUse } from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { readEvents } from '../../src/train/index.js';
import { checkpointFile, isCheckpoint } from '../../src/train/run-files.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder, leaveAt } from './run-in-folder.js';
import { eventsOf, smallData, smallEncoder, smallRun } from './small-run.js';

const path = eachWithAFolder();
let folder: string;

beforeAll(useAnyEngine);
beforeEach(() => {
  folder = path();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Every file of the folder with its contents. */
async function contents(): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const entries = names.sort().map(async (name) => [name, await readFile(join(folder, name), 'latin1')]);
  return Object.fromEntries(await Promise.all(entries));
}

const wide = simclr({ loss: dcl(), head: { outputFeatures: 0 } });

describe('the folder of a run', () => {
  test('with another run is refused and left alone', async () => {
    await eventsOf(smallRun({ checkpoint: folder }));
    const before = await contents();
    await expect(eventsOf(smallRun({ checkpoint: folder }))).rejects.toThrow(`${folder} holds another run`);
    expect(await contents()).toEqual(before);
  });

  test('is overwritten only when told to', async () => {
    await leaveAt(4, folder, { checkpointSeconds: 0 });
    await writeFile(join(folder, `${checkpointFile(2)}.damaged`), 'x');
    const events = await eventsOf(smallRun({ checkpoint: folder, existing: 'overwrite', seed: 9 }));
    expect(events[0]).toMatchObject({ step: 0 });
    expect(await readEvents(folder)).toHaveLength(8);
    expect((await readdir(folder)).filter(isCheckpoint)).toEqual([checkpointFile(6)]);
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({ seed: 9 });
  });

  test.each([
    ['a head of no features', { method: wide }],
    ['a seed of 34 bits', { seed: 2 ** 33 }],
    ['views that cannot be drawn', { views: { ...simclrViews(), hue: 2 } }],
    ['images of two channels', { data: { ...smallData(), shape: [6, 6, 2] as const } }],
  ])('is not touched by a run that cannot start: %s', async (_, options) => {
    const attempt = async (existing: 'overwrite' | 'refuse') =>
      eventsOf(smallRun({ checkpoint: folder, existing, ...options }));
    await expect(attempt('refuse')).rejects.toThrow(InputError);
    expect(await readdir(join(folder, '..'))).toEqual([]);
    await eventsOf(smallRun({ checkpoint: folder }));
    const before = await contents();
    await expect(attempt('overwrite')).rejects.toThrow(InputError);
    expect(await contents()).toEqual(before);
  });

  test('keeps the run before until the first checkpoint of the one that replaces it', async () => {
    await eventsOf(smallRun({ checkpoint: folder }));
    const before = await contents();
    const gone = { ...smallData(), read: async () => Promise.reject(new Error('the disk is gone')) };
    const replace = (data = smallData()) =>
      smallRun({ checkpoint: folder, existing: 'overwrite', data, seed: 9 });
    await expect(eventsOf(replace(gone))).rejects.toThrow('the disk is gone');
    expect(await contents()).toEqual(before);
    for await (const event of replace()) {
      if (event.type !== 'step') continue;
      expect(await readFile(join(folder, checkpointFile(6)), 'latin1')).toBe(before[checkpointFile(6)]);
      break;
    }
    const after = await contents();
    expect(Object.keys(after)).toEqual([checkpointFile(1), ...Object.keys(before).slice(1)]);
    for (const name of ['events.jsonl', 'run.json']) expect(after[name]).not.toBe(before[name]);
  });

  test('is free for the corrected run after one that failed before its first checkpoint', async () => {
    let reads = 0;
    const failing = {
      ...smallData(),
      read: async (indices: ArrayLike<number>) =>
        reads++ === 0 ? smallData().read(indices) : Promise.reject(new Error('no such image')),
    };
    await expect(eventsOf(smallRun({ checkpoint: folder, data: failing }))).rejects.toThrow('no such image');
    expect(await readdir(folder)).toEqual([]);
    await eventsOf(smallRun({ checkpoint: folder }));
  });

  test('of something else is refused', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'thesis.tex'), 'x');
    await expect(eventsOf(smallRun({ checkpoint: folder, existing: 'overwrite' }))).rejects.toThrow(
      'holds no run of dcl-lab',
    );
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });

  test('is rid of what crashes left: temporary files and a run that never came to a checkpoint', async () => {
    await mkdir(join(folder, 'starting'), { recursive: true });
    for (const name of [
      'run.json.2917',
      `${checkpointFile(3)}.31`,
      'lock.7',
      'options.json.5',
      'starting/events.jsonl',
    ]) {
      await writeFile(join(folder, name), 'x');
    }
    await eventsOf(smallRun({ checkpoint: folder }));
    const names = [checkpointFile(6), 'events.jsonl', 'initial.safetensors', 'run.json'];
    expect(Object.keys(await contents())).toEqual(names);
  });

  test.each([1, 2, 3])('finishes a replacement that a crash cut short after %i files', async (moved) => {
    await eventsOf(smallRun({ checkpoint: folder, seed: 9 }));
    const after = await contents();
    const starting = join(folder, 'starting');
    await rename(folder, `${folder}-9`);
    await eventsOf(smallRun({ checkpoint: folder }));
    await rename(`${folder}-9`, starting);
    for (const name of ['run.json', 'initial.safetensors', 'events.jsonl'].slice(0, moved)) {
      await rename(join(starting, name), join(folder, name));
    }
    await eventsOf(smallRun({ checkpoint: folder, seed: 9, existing: 'resume' }));
    expect(await contents()).toEqual(after);
  });

  test('is refused to a resume with other images of the same name, number and size', async () => {
    await leaveAt(2, folder);
    const data = {
      ...smallData(),
      read: async (indices: ArrayLike<number>) => new Uint8Array(36 * indices.length),
    };
    const resumed = eventsOf(smallRun({ checkpoint: folder, existing: 'resume', data }));
    await expect(resumed).rejects.toThrow(/other settings.*data was .*"fingerprint"/);
  });

  test('names the engine, and a resume with another one is warned of', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    await leaveAt(2, folder);
    const settings = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    const now = engineInUse();
    expect(settings.engine).toEqual(now);
    await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(warn).not.toHaveBeenCalled();
    settings.engine = { name: 'onnxruntime', device: 'cpu', threads: 64 };
    await writeFile(join(folder, 'run.json'), JSON.stringify(settings));
    await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(`"onnxruntime","device":"cpu","threads":64.*goes on with ${JSON.stringify(now)}`),
    );
  });

  test('that is a file is refused by name', async () => {
    await writeFile(folder, 'x');
    const refused = eventsOf(smallRun({ checkpoint: folder }));
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(`The run folder ${folder} cannot be used`);
    await rm(folder);
  });

  test('is not begun with an encoder that has diverged', async () => {
    const encoder = smallEncoder();
    tf.tidy(() => encoder.setWeights(encoder.getWeights().map((weight) => tf.mul(weight, Number.NaN))));
    await expect(eventsOf(smallRun({ checkpoint: folder, encoder }))).rejects.toThrow(
      'encoder/000 holds NaN',
    );
    expect(await readdir(folder)).toEqual([]);
  });
});
