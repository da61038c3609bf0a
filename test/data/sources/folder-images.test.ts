import { mkdir, rm, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { classFolderImages, flatFolderImages, type IndexProgress } from '../../../src/data/index.js';
import { save } from './archives.js';
import { contentsOf } from './contents.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();
const name = 'photos train';

async function fill(): Promise<void> {
  for (const path of ['b/2.JPEG', 'b/10.JPEG', 'a/1.png', 'c/é.webp'])
    await save(inFolder('set', path), path);
  await save(inFolder('set/a/notes.txt'), 'passed over');
  await save(inFolder('set/a/._1.png'), 'passed over');
}

describe('classFolderImages', () => {
  test('lists class by class, each class by name', async () => {
    await fill();
    const events: IndexProgress[] = [];
    const source = await classFolderImages(inFolder('set'), {
      name,
      onProgress: (event) => events.push(event),
    });
    expect(source).toMatchObject({ name, length: 4, classes: ['a', 'b', 'c'] });
    expect(await contentsOf(source)).toEqual(['a: a/1.png', 'b: b/10.JPEG', 'b: b/2.JPEG', 'c: c/é.webp']);
    expect(source.locationOf(3)).toBe(inFolder('set/c/é.webp'));
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toEqual({ type: 'index', source: name, images: 4, done: 3, total: 3 });
  });

  test('numbers by given classes, and passes over others', async () => {
    await fill();
    const source = await classFolderImages(inFolder('set'), { name, classes: ['c', 'none', 'a'] });
    expect([...source.labels]).toEqual([2, 0]);
    expect(await contentsOf(source)).toEqual(['a: a/1.png', 'c: c/é.webp']);
    await expect(classFolderImages(inFolder('set'), { name, classes: ['z'] })).rejects.toThrow(
      'photos train has no images of the classes asked for',
    );
  });

  test('names what cannot be read, and indices that are none', async () => {
    await fill();
    const source = await classFolderImages(inFolder('set'), { name });
    await rm(inFolder('set/b/2.JPEG'));
    await expect(source.read(2)).rejects.toThrow(`Could not read ${inFolder('set/b/2.JPEG')}: ENOENT`);
    for (const index of [-1, 4, 0.5]) {
      await expect(source.read(index)).rejects.toThrow(`there is no image ${index}`);
      expect(() => source.locationOf(index)).toThrow(`there is no image ${index}`);
    }
    await expect(classFolderImages(inFolder('none'), { name })).rejects.toThrow('There is no folder');
    await mkdir(inFolder('set/d'));
    await expect(classFolderImages(inFolder('set'), { name })).rejects.toThrow(
      `${inFolder('set/d')} has no JPEG`,
    );
  });

  test('follows links within the folder, and to the folder itself', async () => {
    await fill();
    await symlink(inFolder('set/b'), inFolder('set/d'));
    await symlink('../b/2.JPEG', inFolder('set/a/2.JPEG'));
    await symlink(inFolder('set'), inFolder('linked'));
    const source = await classFolderImages(inFolder('linked'), { name });
    expect([...source.labels]).toEqual([0, 0, 1, 1, 2, 3, 3]);
    expect((await contentsOf(source))[1]).toBe('a: b/2.JPEG');
  });

  test.each([
    ['a class', 'elsewhere', 'set/d'],
    ['an image', 'elsewhere/1.JPEG', 'set/a/5.JPEG'],
    ['a folder of a name that begins the same', 'set-of-others', 'set/d'],
    ['the root', '..', 'set/d'],
  ])('refuses a link out of the folder: %s', async (_, target, link) => {
    await fill();
    await save(inFolder('elsewhere/1.JPEG'), 'secret');
    await save(inFolder('set-of-others/1.JPEG'), 'secret');
    await symlink(inFolder(target), inFolder(link));
    await expect(classFolderImages(inFolder('set'), { name })).rejects.toThrow(
      `The symbolic link ${inFolder(link)} leads to ${inFolder(target)}, out of ${inFolder('set')}`,
    );
  });

  test('refuses a link that leads nowhere or round in circles', async () => {
    await fill();
    await symlink('gone.JPEG', inFolder('set/a/5.JPEG'));
    await expect(classFolderImages(inFolder('set'), { name })).rejects.toThrow(
      '5.JPEG leads nowhere: ENOENT',
    );
    await rm(inFolder('set/a/5.JPEG'));
    await symlink('loop', inFolder('set/loop'));
    await expect(classFolderImages(inFolder('set'), { name })).rejects.toThrow('loop leads nowhere: ELOOP');
  });
});

test('flatFolderImages gives the images as if they lay in class folders', async () => {
  for (const number of [3, 1, 2, 4])
    await save(inFolder(`val/ILSVRC2012_val_0000000${number}.JPEG`), String(number));
  const synsets = ['dog', 'cat', 'dog', 'ape'];
  const labels = {
    classes: ['ape', 'cat', 'dog'],
    classOf: (file: string) => synsets[Number(file.slice(15, 23)) - 1]!,
  };
  const source = await flatFolderImages(inFolder('val'), labels, { name });
  expect(await contentsOf(source)).toEqual(['ape: 4', 'cat: 2', 'dog: 1', 'dog: 3']);
  expect(source.locationOf(1)).toBe(inFolder('val/ILSVRC2012_val_00000002.JPEG'));
  const some = await flatFolderImages(inFolder('val'), labels, { name, classes: ['dog', 'ape'] });
  expect(await contentsOf(some)).toEqual(['dog: 1', 'dog: 3', 'ape: 4']);
});
