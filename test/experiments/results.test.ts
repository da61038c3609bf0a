import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { columns, published, readResults, writeResults } from '../../src/experiments/index.js';
import { rowsOf, tableOf } from '../../src/experiments/results.js';
import { row } from './rows.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-results-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rows = [row(), row({ loss: 'dclw', sigma: 0.5, seed: 2, width: null, threads: null, knnTop1: 1 / 3 })];

describe('a table of results', () => {
  test.each(['csv', 'arrow'])(
    'comes back from its %s file as it was, texts that look like numbers too',
    async (kind) => {
      await writeResults(join(folder, 'table'), tableOf(rows));
      const back = await readResults(join(folder, `table.${kind}`));
      expect(rowsOf(back)).toEqual(rows);
      expect(back.columnNames()).toEqual(Object.keys(columns));
    },
  );

  test('keeps every double and every text in both files', async () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
    // Line breaks within a CSV field are beyond its reader.
    const text = fc.stringMatching(/^[ -~äß€]{1,12}$/);
    await fc.assert(
      fc.asyncProperty(value, text, async (finalLoss, processor) => {
        const one = [row({ finalLoss, processor })];
        await writeResults(join(folder, 'any'), tableOf(one));
        expect(rowsOf(await readResults(join(folder, 'any.csv')))).toEqual(one);
        expect(rowsOf(await readResults(join(folder, 'any.arrow')))).toEqual(one);
      }),
      { numRuns: 30 },
    );
  });

  test('has beside it what its columns mean, where it comes from and checksums that hold', async () => {
    await writeResults(join(folder, 'described'), tableOf(rows), { command: 'dcl-lab sweep' });
    const description = JSON.parse(await readFile(join(folder, 'described.json'), 'utf8'));
    expect(description).toMatchObject({ command: 'dcl-lab sweep', rows: 2 });
    expect(Object.keys(description.columns)).toEqual(Object.keys(columns));
    for (const kind of ['csv', 'arrow'] as const) {
      const bytes = await readFile(join(folder, `described.${kind}`));
      expect(description.sha256[kind]).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('described'))).toHaveLength(3);
  });

  test('without rows has its columns all the same', async () => {
    await writeResults(join(folder, 'empty'), tableOf([]));
    for (const kind of ['csv', 'arrow']) {
      expect((await readResults(join(folder, `empty.${kind}`))).columnNames()).toEqual(Object.keys(columns));
    }
  });

  test('is refused where the file is missing, another table or no Arrow', async () => {
    await writeFile(join(folder, 'other.csv'), 'a,b\n1,2\n');
    await writeFile(join(folder, 'no.arrow'), 'text');
    await expect(readResults(join(folder, 'other.csv'))).rejects.toThrow(/other\.csv .*no key, method/);
    await expect(readResults(join(folder, 'no.arrow'))).rejects.toThrow(InputError);
    await expect(readResults(join(folder, 'nowhere.csv'))).rejects.toThrow(/nowhere\.csv/);
    await expect(readResults(folder)).rejects.toThrow(/holds no sweep/);
  });
});

describe('published results', () => {
  test('name their source, are shares, and tell which have a known defect', async () => {
    const rows = (await published('cifar10')).objects() as Record<string, string | number | null>[];
    expect(rows.length).toBeGreaterThan(12);
    for (const { value, source, measure } of rows) {
      expect(value).toBeGreaterThan(0.5);
      expect(value).toBeLessThan(1);
      expect(source).toMatch(/^https:\/\//);
      expect(['knnTop1', 'linearTop1']).toContain(measure);
    }
    const lightly = rows.filter(({ source }) => String(source).includes('lightly'));
    for (const { loss, defect } of lightly) expect(defect === null).toBe(loss === 'infonce');
  });

  test('are refused for a data set without any', async () => {
    await expect(published('mnist')).rejects.toThrow(/"mnist"; choose cifar10/);
  });
});
