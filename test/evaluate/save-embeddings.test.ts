import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from 'arquero';
import { expect, test } from 'vitest';
import { Interrupted } from '../../src/errors.js';
import { saveEmbeddings } from '../../src/evaluate/index.js';
import { progress } from '../../src/notebook/index.js';
import { FakeHost } from '../notebook/fake-host.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const count = 1200;
const embeddings = {
  ...{ name: 'rows', count, dimension: 2, classes: ['one', 'one, or "two"'] },
  features: Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i)),
  labels: Int32Array.from({ length: count }, (_, i) => i % 2),
};

test('a .csv file that is written piece by piece is that of the whole table', async () => {
  const path = join(folder(), 'rows.csv');
  const told: [number, number][] = [];
  await saveEmbeddings(path, embeddings, { onProgress: (...now) => told.push(now) });
  const column = (f: number) => Array.from({ length: count }, (_, i) => embeddings.features[2 * i + f]!);
  const names = Array.from(embeddings.labels, (label) => embeddings.classes[label]!);
  const whole = table({ class: names, feature0: column(0), feature1: column(1) });
  expect(await readFile(path, 'utf8')).toBe(whole.toCSV());
  expect(told).toEqual([
    [512, count],
    [1024, count],
    [count, count],
  ]);
});

test("a notebook's Stop ends it, and nothing is written", async () => {
  const host = new FakeHost();
  host.install();
  try {
    const line = progress('Writing');
    // The stop comes when this thread is free for it, which is between two pieces.
    setImmediate(() => {
      for (const stop of host.stops) stop();
    });
    const saving = saveEmbeddings(join(folder(), 'rows.csv'), embeddings, { onProgress: line });
    await expect(saving).rejects.toThrow(Interrupted);
    expect(await readdir(folder())).toEqual([]);
  } finally {
    host.remove();
  }
});
