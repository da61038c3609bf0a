import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEvents } from '../../src/train/index.js';
import { newestCheckpoint } from '../../src/train/newest-checkpoint.js';
import { isTemporary } from '../../src/train/run-files.js';
import { type Finished, smallPretrain, start } from '../cli/command.js';
import { writeImages } from '../cli/write-images.js';
import { timeless } from './run-in-folder.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-killed-'));
  await writeImages(join(folder, 'images'));
});
afterAll(() => rm(folder, { recursive: true }));

// A checkpoint after each of 30 steps.
const args = (run: string) => smallPretrain(run, '--epochs', '10', '--checkpoint-seconds', '0', '--resume');

/** What it was doing when it was killed, as it said itself. */
async function killedAt(run: string, operation: string): Promise<string> {
  const fault = { kind: 'SIGKILL', in: `${run}/`, at: operation } as const;
  const { signal, stderr } = await start(args(run), { folder, fault }).finished;
  expect(signal, stderr).toBe('SIGKILL');
  return /SIGKILL at: (.*)/.exec(stderr)![1]!;
}

const whole = (run: string): Promise<Finished> => start(args(run), { folder }).finished;

/** All that a run leaves, but for what a clock decides. */
async function outcome(run: string) {
  const { checkpoint, damaged } = (await newestCheckpoint(join(folder, run)))!;
  expect(damaged).toEqual([]);
  const { step } = checkpoint.progress;
  return { step, tensors: checkpoint.tensors, events: timeless(await readEvents(join(folder, run))) };
}

test('a run killed at any of its file operations goes on to the same weights, to the last bit', async () => {
  expect(await whole('uninterrupted')).toMatchObject({ status: 0 });
  const expected = await outcome('uninterrupted');
  expect(expected.step).toBe(30);
  const leftHalf: string[] = [];
  for (const [operation, seen] of [
    ['^write initial.safetensors #1', /^write initial/],
    ['^rename run.json$ #1', /^rename run.json$/],
    ['^write checkpoint #2', /^write checkpoint-.*\.\d+$/],
    ['^sync checkpoint #2', /^sync checkpoint-.*\.\d+$/],
    ['^rename checkpoint #2', /^rename checkpoint-.*\.\d+$/],
    ['^rm checkpoint #2', /^rm checkpoint-.*$/],
    ['^appendFile events.jsonl #4', /^appendFile events/],
    ['^rename events.jsonl #1', /^rename events.jsonl\.\d+$/],
  ] as const) {
    expect(await killedAt('killed', operation)).toMatch(seen);
    const left = await readdir(join(folder, 'killed'));
    leftHalf.push(...left.filter((name) => isTemporary(name) && name.startsWith('checkpoint-')));
  }
  // Half a checkpoint, a whole one that was not yet flushed, and one that was not yet renamed.
  expect(leftHalf).toHaveLength(3);
  const generator = xoroshiro128plus(7);
  for (let i = 0; i < 3; i++) await killedAt('killed', `. #${uniformInt(generator, 5, 40)}`);
  for (let i = 0; i < 2; i++) {
    const { child, begun, finished } = start(args('killed'), { folder });
    await begun;
    await pause(uniformInt(generator, 0, 100));
    child.kill('SIGKILL');
    expect((await finished).signal).toBe('SIGKILL');
  }
  expect(await whole('killed')).toMatchObject({ status: 0, stderr: expect.stringMatching(/resumed after/) });
  expect(await outcome('killed')).toEqual(expected);
  expect((await readdir(join(folder, 'killed'))).sort()).toEqual(
    (await readdir(join(folder, 'uninterrupted'))).sort(),
  );
}, 240_000);
