import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import { RunLock } from '../../src/train/run-lock.js';
import { eachWithAFolder } from './run-in-folder.js';

const path = eachWithAFolder();
let folder: string;

beforeEach(async () => {
  folder = path();
  await mkdir(folder);
});

const lockOf = (pid: number, host = hostname()) =>
  writeFile(join(folder, 'lock'), `${JSON.stringify({ pid, host })}\n`);

/** The id of a process that is no more. */
const gone = () => spawnSync(process.execPath, ['--eval', '']).pid;

describe('the lock of a run folder', () => {
  test('names this process and goes with its release', async () => {
    const lock = await RunLock.take(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('is had once only, also within one process', async () => {
    const lock = await RunLock.take(folder);
    await expect(RunLock.take(folder)).rejects.toThrow(InputError);
    await lock.release();
    await (await RunLock.take(folder)).release();
  });

  test('is had by one of many who ask at the same time, also for that of a process that is gone', async () => {
    await lockOf(gone());
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => RunLock.take(folder)));
    const taken = asked.filter(({ status }) => status === 'fulfilled');
    expect(taken).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  test('of a process that runs is refused, naming it and the file', async () => {
    await lockOf(process.ppid);
    await expect(RunLock.take(folder)).rejects.toThrow(
      new RegExp(`is in use by a run of process ${process.ppid} on .* delete .*/run/lock`),
    );
  });

  test('of another machine is refused, since it cannot be told whether that process runs', async () => {
    await lockOf(gone(), 'elsewhere');
    await expect(RunLock.take(folder)).rejects.toThrow('on elsewhere');
  });

  test('of the same Slurm task on a node that was lost is void, that of another task is not', async () => {
    const lost = (job: string) =>
      writeFile(join(folder, 'lock'), JSON.stringify({ pid: 1, host: 'lost', job }));
    vi.stubEnv('SLURM_JOB_ID', '41');
    await lost('40');
    await expect(RunLock.take(folder)).rejects.toThrow('on lost');
    await lost('41');
    await (await RunLock.take(folder)).release();
    vi.unstubAllEnvs();
    await lost('41');
    await expect(RunLock.take(folder)).rejects.toThrow('on lost');
  });

  test('of an earlier process with the same id as this one is void', async () => {
    await lockOf(process.pid);
    await (await RunLock.take(folder)).release();
  });

  test('that is a folder is an error that names it', async () => {
    await mkdir(join(folder, 'lock'));
    const refused = RunLock.take(folder);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/The lock .*\/run\/lock cannot be taken/);
  });

  test('that cannot be read is refused', async () => {
    await writeFile(join(folder, 'lock'), '');
    await expect(RunLock.take(folder)).rejects.toThrow('in use by a run of another process');
  });
});
