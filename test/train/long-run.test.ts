/** What ends a run from outside: a disk without room, and the signals of a cluster or a terminal. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../src/train/index.js';
import { newestCheckpoint } from '../../src/train/newest-checkpoint.js';
import { isCheckpoint, isRunFile, isTemporary } from '../../src/train/run-files.js';
import { type Finished, type StartOptions, smallPretrain, start } from '../cli/command.js';
import { writeImages } from '../cli/write-images.js';
import { canLimitFiles, withFilesUpTo } from '../faults/full-disk.js';
import { timeless } from './run-in-folder.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-long-'));
  await writeImages(join(folder, 'images'));
});
afterAll(() => rm(folder, { recursive: true }));

type Faults = Omit<StartOptions, 'folder'>;

/** A sitting of a run of 9 steps, with a checkpoint after each. */
const sitting = (run: string, faults: Faults = {}): Promise<Finished> =>
  start(smallPretrain(run, '--checkpoint-seconds', '0', '--resume'), { folder, ...faults }).finished;

const newest = async (run: string) => (await newestCheckpoint(join(folder, run)))!.checkpoint;
const outcome = async (run: string) => ({
  tensors: (await newest(run)).tensors,
  events: timeless(await readEvents(join(folder, run))),
});

describe('a disk without room', () => {
  let whole: Awaited<ReturnType<typeof outcome>>;
  beforeAll(async () => {
    expect(await sitting('whole')).toMatchObject({ status: 0 });
    whole = await outcome('whole');
  });

  /** A run that was killed before its fifth checkpoint had its name. */
  async function begun(run: string): Promise<string> {
    await sitting(run, { fault: { kind: 'SIGKILL', in: `${run}/`, at: '^rename checkpoint.*\\d$ #5' } });
    const { path, progress } = await newest(run);
    expect(progress.step).toBe(4);
    return path;
  }

  test.runIf(canLimitFiles)(
    'for a checkpoint ends the run, which goes on when there is room again',
    async () => {
      const path = await begun('full');
      const room = Math.floor((await stat(path)).size / 1024) - 1;
      const before = await newest('full');
      const { status, stderr } = await sitting('full', { through: withFilesUpTo(room) });
      expect(status).toBe(2);
      // The system's own reason: the file was cut short.
      expect(stderr).toMatch(
        /dcl-lab: The checkpoint .*checkpoint-00000005.* could not be written \(EFBIG: .*\)/,
      );
      expect(stderr).toMatch(
        /earlier checkpoint of this run, if any, is untouched; free space .* and resume/,
      );
      expect(await newest('full')).toEqual(before);
      expect((await readdir(join(folder, 'full'))).filter(isTemporary)).toEqual([]);
      expect(await sitting('full')).toMatchObject({
        status: 0,
        stderr: expect.stringContaining('after step 4'),
      });
      expect(await outcome('full')).toEqual(whole);
    },
  );

  test.each([
    ['^sync checkpoint- #1', 4, /The checkpoint .*checkpoint-00000005.*ENOSPC/],
    // The line of the checkpoint after step 5 is the first, those of step 6 and its epoch follow.
    ['^appendFile events.jsonl #2', 5, /The record of .* cannot be written: ENOSPC/],
  ])('(%s) that shows late ends the run, which goes on from step %i', async (at, last, message) => {
    const run = `full-${last}`;
    await begun(run);
    const { status, stderr } = await sitting(run, { fault: { kind: 'ENOSPC', in: `${run}/`, at } });
    expect(stderr).toMatch(/^ENOSPC at: (sync checkpoint|appendFile events)/m);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect((await newest(run)).progress.step).toBe(last);
    const half = (await readFile(join(folder, run, 'events.jsonl'), 'utf8')).at(-1) !== '\n';
    expect(half).toBe(at.includes('appendFile'));
    expect(await sitting(run)).toMatchObject({ status: 0 });
    expect(await outcome(run)).toEqual(whole);
  });
});

describe.runIf(process.platform !== 'win32')('a signal', () => {
  const endless = (run: string, faults: Faults = {}) =>
    start(smallPretrain(run, '--epochs', '2000', '--resume'), { folder, ...faults });

  test('SIGTERM ends a run after its step, with a checkpoint to go on from', async () => {
    const { child, begun, finished } = endless('terminated');
    await begun;
    // No checkpoint is due for a minute.
    expect((await readdir(join(folder, 'terminated'))).filter(isCheckpoint)).toEqual([]);
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ status: 130, signal: null });
    const files = await readdir(join(folder, 'terminated'));
    expect(files.filter(isCheckpoint)).toHaveLength(1);
    expect(files).not.toContain('lock');
    const { step } = (await newest('terminated')).progress;
    const again = endless('terminated', { sign: `resumed after step ${step}` });
    await again.begun;
    again.child.kill('SIGTERM');
    expect((await again.finished).stderr).toContain(`resumed after step ${step}`);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends the run at once where one came before',
    async (second) => {
      const run = `twice-${second}`;
      const fault = { kind: 'hang', in: `${run}/`, at: '^sync checkpoint #1' } as const;
      const { child, begun, finished } = endless(run, { fault });
      await begun;
      // The checkpoint that this asks for is never done.
      child.kill('SIGTERM');
      await new Promise<void>((resolve) => {
        child.stderr!.on('data', (chunk) => String(chunk).includes('hang at: sync checkpoint') && resolve());
      });
      child.kill(second);
      expect(await finished).toMatchObject({ status: null, signal: second });
      const left = await readdir(join(folder, run));
      expect(left.every((name) => isRunFile(name))).toBe(true);
      const again = endless(run);
      await again.begun;
      again.child.kill('SIGTERM');
      expect(await again.finished).toMatchObject({ status: 130 });
    },
  );
});
