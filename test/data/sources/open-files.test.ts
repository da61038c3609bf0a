import { mkdtemp, readdir, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listing, OpenFiles } from '../../../src/data/sources/open-files.js';
import { InputError } from '../../../src/errors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Files of the folder that this process holds open, where the system tells. */
async function openNow(): Promise<number> {
  const handles = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(
    handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(folder)).length;
}

async function saveMany(count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}`));
  for (const path of paths) await writeFile(path, `contents of ${path}`);
  return paths;
}

test('reads many files at once through few handles, and leaves none', async () => {
  const paths = await saveMany(200);
  const files = new OpenFiles();
  for (let round = 0; round < 3; round++) {
    const texts = await Promise.all(
      [...paths, ...paths.toReversed()].map(async (path) =>
        (await files.read(path, 12, path.length)).toString(),
      ),
    );
    expect(texts).toEqual([...paths, ...paths.toReversed()]);
    expect(await openNow()).toBeLessThanOrEqual(64);
    await files.close();
    expect(await openNow()).toBe(0);
  }
});

test('gives bytes of their own memory, and none past the end', async () => {
  const [path] = await saveMany(1);
  const files = new OpenFiles();
  const bytes = await files.read(path!, 0, 8);
  expect(bytes.buffer.byteLength).toBe(8);
  await expect(files.read(path!, 5, 1000)).rejects.toThrow(`${path} ends before byte 1005`);
  await expect(files.read(join(folder, 'none'), 0, 1)).rejects.toThrow(
    `Could not open ${join(folder, 'none')}`,
  );
  await files.close();
});

test('tells that a file has changed since it was first met', async () => {
  const [path] = await saveMany(1);
  const files = new OpenFiles();
  await files.read(path!, 0, 4);
  await files.close();
  await utimes(path!, 1, 1);
  await expect(files.read(path!, 0, 4)).rejects.toThrow(`${path} has changed since its images were listed`);
  expect(await openNow()).toBe(0);
});

test('a listing that fails leaves nothing open, even if work goes on', async () => {
  const paths = await saveMany(20);
  let later: Promise<unknown> | undefined;
  const failing = listing(async (files) => {
    await Promise.all(paths.map((path) => files.read(path, 0, 4)));
    later = new Promise((resolve) => setTimeout(resolve, 20)).then(() => files.read(paths[0]!, 0, 4));
    later.catch(() => {});
    throw new InputError('no');
  });
  await expect(failing).rejects.toThrow('no');
  await expect(later).rejects.toThrow('not read any more');
  expect(await openNow()).toBe(0);
});
