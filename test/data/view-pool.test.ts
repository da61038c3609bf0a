import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InTurn } from '../../src/data/in-turn.js';
import { ThreadPool } from '../../src/data/view-pool.js';
import { InputError } from '../../src/errors.js';

describe('ThreadPool', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threads-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const pool = new ThreadPool({
    url: new URL('./failing-worker.ts', import.meta.url),
    execArgv: ['--import', 'tsx'],
  });

  /** A job whose thread ends so many times, and the number of times that it has. */
  async function ending(how: 'exit' | 'throw', times: number) {
    const path = join(folder, `${how}-${times}`);
    await writeFile(path, '');
    const result = pool.run<Uint8Array>(() => {
      const file = new TextEncoder().encode(`${how} ${times} ${path}`);
      return { job: { type: 'crop', file, channels: 3, crop: { resize: 1, size: 1 } }, moved: file };
    }, `image ${how}`);
    return { result, ended: async () => (await readFile(path, 'utf8')).length };
  }

  test.each(['exit', 'throw'] as const)('does a job again whose thread ended by %s', async (how) => {
    const { result, ended } = await ending(how, 1);
    expect(await result).toEqual(Uint8Array.of(1));
    expect(await ended()).toBe(1);
  });

  test('names the image if the next thread ends too, and goes on with other jobs', async () => {
    const jobs = await Promise.all([
      ending('exit', 2),
      ending('exit', 0),
      ending('throw', 2),
      ending('exit', 0),
    ]);
    const results = await Promise.allSettled(jobs.map(({ result }) => result));
    expect(await jobs[0]!.ended()).toBe(2);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    for (const [place, how] of [
      [0, 'exit'],
      [2, 'throw'],
    ] as const) {
      const { reason } = results[place] as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(InputError);
      expect(reason.message).toMatch(`The thread that worked on image ${how} ended, and so did the next one`);
    }
    const { result } = await ending('exit', 0);
    expect(await result).toEqual(Uint8Array.of(0));
  });

  test('says why no thread can begin, instead of waiting for one', async () => {
    const missing = new ThreadPool({ url: new URL('./no-worker.ts', import.meta.url), execArgv: [] });
    const attempt = () =>
      missing.run(() => {
        const moved = new Uint8Array(1);
        return {
          job: { type: 'crop', file: moved, channels: 3, crop: { resize: 1, size: 1 } },
          moved,
        };
      }, 'one image');
    const attempts = [attempt(), attempt()];
    for (const each of attempts) await expect(each).rejects.toThrow(/one image ended.*no-worker/);
    await expect(attempt()).rejects.toThrow(InputError);
  });
});

describe('InTurn', () => {
  test('admits tasks in the order they came, so many at a time, whether they fail or not', async () => {
    const turns = new InTurn(2);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, i) =>
        turns.run(async () => {
          begun.push(i);
          running += 1;
          most = Math.max(most, running);
          await new Promise((done) => setTimeout(done, (i * 7) % 5));
          running -= 1;
          if (i % 3 === 0) throw new Error(`${i}`);
          return i;
        }),
      ),
    );
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(most).toBe(2);
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(begun.map((i) => i % 3 !== 0));
  });

  test('refuses those that wait once it is stopped, and those that come later', async () => {
    const turns = new InTurn(1);
    let finish = () => {};
    const first = turns.run(
      () =>
        new Promise<string>((done) => {
          finish = () => done('done');
        }),
    );
    let begun = 0;
    const later = [1, 2].map(() => turns.run(async () => begun++));
    turns.stop();
    for (const each of [...later, turns.run(async () => begun++)]) {
      await expect(each).rejects.toThrow('stopped before its turn');
    }
    finish();
    expect(await first).toBe('done');
    expect(begun).toBe(0);
  });
});
