import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { imageFolder, inMemory, writeImageFolder } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'dcl-lab-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function images(classes: readonly string[], channels: number) {
  const length = 100;
  const labels = Int32Array.from({ length }, (_, i) => (i * 7) % classes.length);
  const pixels = Uint8Array.from({ length: length * 12 * channels }, (_, i) => (i * 37) % 256);
  return inMemory({ name: 'waves', shape: [3, 4, channels], classes, labels, pixels });
}

test.each([1, 3] as const)(
  'images of %i channels come back as they were, class by class',
  async (channels) => {
    const dataset = images(['one', 'two'], channels);
    const path = join(folder, `written-${channels}`);
    const seen: number[] = [];
    await writeImageFolder(path, dataset, { onProgress: (done) => seen.push(done) });
    const back = await imageFolder(path, { channels });
    const order = [...dataset.labels.keys()].sort((a, b) => dataset.labels[a]! - dataset.labels[b]! || a - b);
    expect(back.classes).toEqual(dataset.classes);
    expect([...back.labels]).toEqual(order.map((index) => dataset.labels[index]));
    expect(await back.read([...order.keys()])).toEqual(await dataset.read(order));
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  },
);

test('refuses what cannot be files, naming it', async () => {
  const write = (path: string, classes: string[], channels: number) =>
    writeImageFolder(path, images(classes, channels));
  await expect(write(join(folder, 'a'), ['../up'], 3)).rejects.toThrow(
    '"../up" cannot be the name of a folder',
  );
  await expect(write(join(folder, 'b'), ['one'], 2)).rejects.toThrow('images of waves have 2');
  writeFileSync(join(folder, 'file'), '');
  await expect(write(join(folder, 'file'), ['one'], 3)).rejects.toThrow(InputError);
});
