import { describe, expect, test } from 'vitest';
import { type IndexProgress, shardImages, shardPaths } from '../../../src/data/index.js';
import { type Entry, save, tarOf } from './archives.js';
import { contentsOf } from './contents.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();
const name = 'shards';

describe('shardPaths', () => {
  test('takes a folder, the beginning of paths, or a pattern that counts', async () => {
    for (const file of ['a-train-1.tar', 'a-train-0.tar', 'a-val-0.tar', 'notes.txt', '.a.tar']) {
      await save(inFolder(file), '');
    }
    const train = [inFolder('a-train-0.tar'), inFolder('a-train-1.tar')];
    expect(await shardPaths(inFolder())).toEqual([...train, inFolder('a-val-0.tar')]);
    expect(await shardPaths(inFolder('a-train'))).toEqual(train);
    expect(await shardPaths('x/train-{008..011}.tar')).toEqual([
      'x/train-008.tar',
      'x/train-009.tar',
      'x/train-010.tar',
      'x/train-011.tar',
    ]);
    expect(await shardPaths('train-{9..10}.tar')).toEqual(['train-9.tar', 'train-10.tar']);
  });

  test('says what would do where there are none', async () => {
    await expect(shardPaths(inFolder())).rejects.toThrow(`There are no shards ${inFolder('*.tar')}`);
    await expect(shardPaths(inFolder('none'))).rejects.toThrow(
      `There are no shards ${inFolder('none')}*.tar`,
    );
    await expect(shardPaths(inFolder('no/such'))).rejects.toThrow(
      `Could not read the folder ${inFolder('no')}`,
    );
    await expect(shardPaths('{3..1}.tar')).rejects.toThrow('{3..1}.tar counts 0 shards');
    await expect(shardPaths('{0..99999999999}.tar')).rejects.toThrow('counts 100000000000 shards');
  });
});

describe('shardImages', () => {
  const shards = async (...all: (readonly Entry[])[]) => {
    for (const [index, entries] of all.entries()) await save(inFolder(`${index}.tar`), tarOf(entries));
    return shardPaths(inFolder());
  };

  test("joins images and labels by key, in the shards' order", async () => {
    const paths = await shards(
      [
        { name: 'x/0.v1.JPG', contents: 'not an image: its extension is v1.jpg' },
        { name: 'x/0.jpeg', contents: 'zero' },
        { name: 'x/0.cls', contents: '2\n' },
        { name: 'y/0.cls', contents: '0' },
        { name: 'y/0.PNG', contents: 'one' },
        { name: 'y/0.txt', contents: 'a caption' },
      ],
      [
        { name: '7.json', contents: '{"label": 1, "height": 3}' },
        { name: '7.webp', contents: 'two' },
        { name: '8.jpg', contents: 'three' },
        { name: '8.json', contents: '{"label": "elsewhere"}' },
        { name: '8.cls', contents: '2' },
      ],
    );
    const events: IndexProgress[] = [];
    const source = await shardImages(paths, { name, onProgress: (event) => events.push(event) });
    expect(source.classes).toEqual(['0', '1', '2']);
    expect(source.locationOf(2)).toBe(`${inFolder('1.tar')}: 7.webp`);
    expect(await contentsOf(source)).toEqual(['2: zero', '0: one', '1: two', '2: three']);
    expect(events.at(-1)).toEqual({ type: 'index', source: name, images: 4, done: 2, total: 2 });
    const named = await shardImages(paths, { name, classes: ['ape', 'bee', 'cow', 'dog'] });
    expect(named.classes).toEqual(['ape', 'bee', 'cow', 'dog']);
    expect((await contentsOf(named))[2]).toBe('bee: two');
    await expect(shardImages(paths, { name, classes: ['ape', 'bee'] })).rejects.toThrow(
      `${inFolder('0.tar')}: the label of x/0 is 2, but there are only 2 classes`,
    );
  });

  test.each<[problem: string, entries: Entry[]]>([
    ['the sample a/1 has no label', [{ name: 'a/1.jpg' }, { name: 'a/2.cls', contents: '1' }]],
    ['the sample 2 has 0 images (cls)', [{ name: '2.cls', contents: '1' }]],
    [
      'the sample 1 has 2 images (jpg, png, cls)',
      [{ name: '1.jpg' }, { name: '1.png' }, { name: '1.cls', contents: '1' }],
    ],
    ['has 1.jpg twice', [{ name: '1.jpg' }, { name: '1.jpg' }]],
    ["the label in 1.cls is '-1'", [{ name: '1.jpg' }, { name: '1.cls', contents: '-1' }]],
    ["the label in 1.cls is '4294967296'", [{ name: '1.jpg' }, { name: '1.cls', contents: '4294967296' }]],
    ["the label in 1.cls is ''", [{ name: '1.jpg' }, { name: '1.cls' }]],
    ["the label in 1.json is 'undefined'", [{ name: '1.jpg' }, { name: '1.json', contents: '{"class": 1}' }]],
    ["the label in 1.json is 'undefined'", [{ name: '1.jpg' }, { name: '1.json', contents: 'null' }]],
    ["the label in 1.json is '{'", [{ name: '1.jpg' }, { name: '1.json', contents: '{' }]],
    ['has no images', []],
  ])('names what is wrong: %s', async (problem, entries) => {
    const error = await shardImages(await shards(entries), { name }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'InputError', message: expect.stringContaining(problem) });
  });

  test('names a shard that is not there', async () => {
    const missing = inFolder('train-{0..1}.tar');
    await expect(shardImages(await shardPaths(missing), { name })).rejects.toThrow(
      `Could not open ${inFolder('train-')}`,
    );
  });
});
