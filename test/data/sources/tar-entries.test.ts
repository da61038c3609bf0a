import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OpenFiles } from '../../../src/data/sources/open-files.js';
import { type TarEntry, tarEntries } from '../../../src/data/sources/tar-entries.js';
import { InputError } from '../../../src/errors.js';
import { block, type Entry, endMark, entryOf, headerOf, save, signed, tarOf } from './archives.js';

let folder: string;
let files: OpenFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tar-'));
  files = new OpenFiles();
});
afterEach(async () => {
  await files.close();
  await rm(folder, { recursive: true });
});

async function collect(entries: AsyncIterable<TarEntry>): Promise<TarEntry[]> {
  const collected = [];
  for await (const entry of entries) collected.push(entry);
  return collected;
}

let count = 0;
async function entriesOf(archive: Uint8Array, nested?: TarEntry): Promise<TarEntry[]> {
  const path = join(folder, `${count++}.tar`);
  await save(path, archive);
  return collect(tarEntries(files, path, nested));
}

const three: Entry[] = [
  { name: 'a.JPEG', contents: 'a'.repeat(700) },
  { name: `${'long/'.repeat(60)}b.JPEG`, contents: 'b' },
  { name: 'c.JPEG', contents: '' },
];

describe('tarEntries', () => {
  test('finds what the package tar has written, names of any length, and folders passed over', async () => {
    const names = ['short.JPEG', `${'x'.repeat(120)}.JPEG`, `${'deep/'.repeat(60)}é.JPEG`];
    for (const name of names) await save(join(folder, 'in', name), `contents of ${name}`);
    const path = join(folder, 'made.tar');
    await tar.create({ file: path, cwd: join(folder, 'in') }, ['.']);
    const found = await collect(tarEntries(files, path));
    expect(found.map(({ name }) => name).sort()).toEqual(names.map((name) => `./${name}`).sort());
    for (const { name, offset, size } of found) {
      expect((await files.read(path, offset, size)).toString()).toBe(`contents of ${name.slice(2)}`);
    }
  });

  test('finds an archive within another, by places in the whole file', async () => {
    const outer = tarOf([
      { name: 'first', contents: 'x' },
      { name: 'inner.tar', contents: tarOf(three) },
    ]);
    const [, inner] = await entriesOf(outer);
    const found = await entriesOf(outer, inner!);
    expect(found.map(({ name }) => name)).toEqual(three.map(({ name }) => name));
    expect(outer.subarray(found[0]!.offset, found[0]!.offset + 700).toString()).toBe('a'.repeat(700));
  });

  test.each(['base-256', 'pax'])('passes over more than 8 GiB, their size in %s', async (form) => {
    const size = 9 * 2 ** 30 + 5;
    const header = headerOf('large', 0);
    const pax = Buffer.from(new tar.Pax({ size }).encode());
    if (form === 'base-256') {
      header.fill(0, 124, 136);
      header[124] = 0x80;
      header.writeBigUInt64BE(BigInt(size), 128);
    }
    const start = form === 'base-256' ? signed(header) : Buffer.concat([pax, header]);
    const path = join(folder, 'large.tar');
    const file = await open(path, 'w');
    await file.write(start, 0, start.length, 0);
    const next = start.length + Math.ceil(size / block) * block;
    const rest = tarOf([{ name: 'after', contents: 'here' }]);
    await file.write(rest, 0, rest.length, next);
    await file.close();
    const found = await collect(tarEntries(files, path));
    expect(found).toEqual([
      { name: 'large', offset: start.length, size },
      { name: 'after', offset: next + block, size: 4 },
    ]);
    expect((await files.read(path, next + block, 4)).toString()).toBe('here');
  });

  test('applies global and own pax headers to files alone', async () => {
    const shared = Buffer.from(new tar.Pax({ comment: 'for all' }, true).encode());
    const own = Buffer.from(new tar.Pax({ path: 'own' }).encode());
    const archive = Buffer.concat([
      shared,
      own,
      entryOf({ name: 'a', contents: '1' }),
      tarOf([{ name: 'b' }]),
    ]);
    expect((await entriesOf(archive)).map(({ name }) => name)).toEqual(['own', 'b']);
  });

  test.each([
    'Link',
    'SymbolicLink',
    'CharacterDevice',
    'BlockDevice',
    'FIFO',
    'SparseFile',
    'ContinuationFile',
  ])('refuses an archive with a %s', async (type) => {
    await expect(entriesOf(tarOf([...three, { name: 'odd.JPEG', type }]))).rejects.toThrow(
      `odd.JPEG is of type ${type}`,
    );
  });

  test('names an archive that is cut short, by download or disk', async () => {
    const whole = tarOf(three);
    await expect(entriesOf(whole.subarray(0, 1000))).rejects.toThrow('it has 488 of the 700 bytes of a.JPEG');
    await expect(entriesOf(whole.subarray(0, -1024))).rejects.toThrow('no block of zeros at its end');
    const gap = Buffer.concat([entryOf(three[0]!), Buffer.alloc(4 * block), tarOf(three)]);
    await expect(entriesOf(gap)).rejects.toThrow('is incomplete: a block of zeros ends it');
  });

  test('however it is cut, tells so or has lost nothing', async () => {
    const whole = tarOf(three);
    const all = await entriesOf(whole);
    for (let length = 0; length < whole.length; length += 61) {
      const found = await entriesOf(whole.subarray(0, length)).catch((error: unknown) => error);
      if (length >= whole.length - endMark.length + block) expect(found).toEqual(all);
      else expect(found).toBeInstanceOf(InputError);
    }
  });

  test('whatever bit is wrong in a header, tells so or has the same', async () => {
    const whole = tarOf(three);
    const all = await entriesOf(whole);
    const bits = fc.integer({ min: 0, max: 8 * block - 1 });
    const property = fc.asyncProperty(bits, async (bit) => {
      const wrong = Buffer.from(whole);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      const found = await entriesOf(wrong).catch((error: unknown) => error);
      if (!(found instanceof InputError)) expect(found).toEqual(all);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('refuses what is no archive', async () => {
    const property = fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 3 * block }),
      async (bytes) => {
        fc.pre(bytes.some((byte) => byte !== 0));
        await expect(entriesOf(bytes)).rejects.toThrow(InputError);
      },
    );
    await fc.assert(property, { numRuns: 100 });
    const wrongSize = headerOf('a', 0);
    wrongSize.write('no number!', 124);
    await expect(entriesOf(Buffer.concat([signed(wrongSize), endMark]))).rejects.toThrow('begins no header');
    const long = headerOf('././@LongLink', 2 ** 21, 'NextFileHasLongPath');
    await expect(entriesOf(Buffer.concat([long, Buffer.alloc(2 ** 21), endMark]))).rejects.toThrow(
      'of 2097152 bytes',
    );
  });
});
