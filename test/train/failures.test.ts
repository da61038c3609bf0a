import { chmod, mkdir, readdir, readFile, rename, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';
import { contrastiveLoss, dcl, decoupledTerms } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { DivergenceError, loadEncoder, type PretrainOptions, readEvents } from '../../src/train/index.js';
import { checkpointFile } from '../../src/train/run-files.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder, leaveAt, timeless } from './run-in-folder.js';
import { eventsOf, losses, smallData, smallEncoder, smallRun } from './small-run.js';

const path = eachWithAFolder();
let folder: string;

beforeAll(useAnyEngine);
beforeEach(() => {
  folder = path();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** DCL whose loss is right at every step, but whose gradient is NaN at one of them. */
function brokenGradientAt(step: number): PretrainOptions['method'] {
  let steps = 0;
  const { lossName, settings } = dcl();
  const loss = contrastiveLoss(lossName, settings, (similarities) => {
    steps += 1;
    const terms = decoupledTerms(similarities);
    // The square root of 0 has an infinite slope, which times 0 is NaN.
    return steps === step ? tf.add(terms, tf.sqrt(tf.mul(terms, 0))) : terms;
  });
  return simclr({ loss, head: { outputFeatures: 3 } });
}

/** Data whose images cannot be read any more once `failing` is true. */
function failingData(): { data: Dataset; fail: () => void } {
  const data = smallData();
  let failing = false;
  return {
    data: { ...data, read: (indices) => (failing ? Promise.reject(new Error('gone')) : data.read(indices)) },
    fail: () => {
      failing = true;
    },
  };
}

describe('an update that makes weights NaN', () => {
  test('ends the run and leaves the checkpoint before it, which resumes', async () => {
    const expected = losses(await eventsOf(smallRun()));
    const seen: number[] = [];
    const run = smallRun({ checkpoint: folder, checkpointSeconds: 0, method: brokenGradientAt(3) });
    const error = await (async () => {
      for await (const event of run) if (event.type === 'checkpoint') seen.push(event.step);
    })().catch((reason) => reason);
    expect(seen).toEqual([1, 2]);
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error.message).toMatch(
      /not finite any more after step 3: encoder\/000 holds NaN.* last good checkpoint is .* \(step 2\)/,
    );
    const resumed = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(losses(resumed)).toEqual(expected.slice(2));
  });

  test('is reported where the reader leaves its loop right after it', async () => {
    await leaveAt(2, folder);
    const before = await readFile(join(folder, checkpointFile(2)));
    const left = leaveAt(3, folder, { existing: 'resume', method: brokenGradientAt(1) });
    await expect(left).rejects.toThrow(DivergenceError);
    expect(await readFile(join(folder, checkpointFile(2)))).toEqual(before);
  });
});

/** Does work without the right to write to the folder; root has that everywhere, so it becomes somebody else meanwhile. */
async function readOnly(run: string, work: () => Promise<void>): Promise<void> {
  const root = process.getuid!() === 0;
  await chmod(join(run, '..'), 0o755);
  await chmod(run, 0o555);
  if (root) process.seteuid!(65_534);
  try {
    await expect(writeFile(join(run, 'x'), 'x')).rejects.toThrow('EACCES');
    await work();
  } finally {
    if (root) process.seteuid!(0);
    await chmod(run, 0o755);
  }
}

describe.runIf(process.platform !== 'win32')('a folder that cannot be written', () => {
  test('is refused to a run, and read by others, a damaged checkpoint in it too', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    await eventsOf(smallRun({ checkpoint: folder, checkpointSeconds: 0 }));
    await truncate(join(folder, checkpointFile(6)), 100);
    const before = await readdir(folder);
    await readOnly(folder, async () => {
      const resumed = eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
      await expect(resumed).rejects.toThrow(InputError);
      await expect(resumed).rejects.toThrow(/The lock .*lock cannot be taken: EACCES/);
      await expect(eventsOf(smallRun({ checkpoint: join(folder, 'new') }))).rejects.toThrow(
        `The run folder ${join(folder, 'new')} cannot be used: EACCES`,
      );
      (await loadEncoder(folder)).dispose();
      expect(console.warn).toHaveBeenCalledTimes(1);
      expect(await readEvents(folder)).toHaveLength(8);
    });
    expect(await readdir(folder)).toEqual(before);
    const [start] = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(start).toMatchObject({ step: 5 });
  });
});

describe('a run that fails', () => {
  test('says what ended it, not that the last checkpoint could not be written either', async () => {
    const { data, fail } = failingData();
    const encoder = smallEncoder();
    const before = tf.memory().numTensors;
    const reading = (async () => {
      for await (const event of smallRun({ checkpoint: folder, encoder, data, epochs: 40 })) {
        if (event.type !== 'step' || event.step > 1) continue;
        fail();
        await mkdir(join(folder, 'starting', checkpointFile(event.step + 1)));
      }
    })();
    await expect(reading).rejects.toThrow('gone');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('keeps what it trained before an image that cannot be read', async () => {
    const { data, fail } = failingData();
    const reading = (async () => {
      for await (const event of smallRun({ checkpoint: folder, data })) {
        if (event.type === 'epoch') fail();
      }
    })();
    await expect(reading).rejects.toThrow('gone');
    const resumed = await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(resumed[0]).toMatchObject({ step: 3 });
    expect(timeless(await readEvents(folder))).toEqual(
      timeless((await eventsOf(smallRun())).filter(({ type }) => type === 'step' || type === 'epoch')),
    );
  });

  test('resumes to a whole record where an event could not be written', async () => {
    const record = join(folder, 'events.jsonl');
    const reading = (async () => {
      for await (const event of smallRun({ checkpoint: folder, checkpointSeconds: 0 })) {
        if (event.type !== 'checkpoint' || event.step !== 2) continue;
        await rename(record, `${record}-kept`);
        await mkdir(record);
      }
    })();
    await expect(reading).rejects.toThrow(InputError);
    await rmdir(record);
    await rename(`${record}-kept`, record);
    await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    expect(timeless(await readEvents(folder))).toEqual(
      timeless((await eventsOf(smallRun())).filter(({ type }) => type === 'step' || type === 'epoch')),
    );
  });

  test('frees what it made where its checkpoint is refused', async () => {
    await leaveAt(2, folder);
    const file = join(folder, checkpointFile(2));
    await rm(file);
    await mkdir(file);
    const encoder = smallEncoder();
    const before = tf.memory().numTensors;
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(eventsOf(smallRun({ checkpoint: folder, existing: 'resume', encoder }))).rejects.toThrow(
        `The checkpoint ${file} cannot be read`,
      );
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
