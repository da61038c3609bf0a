import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { readTable, writeTable } from '../../src/experiments/index.js';
import { temporaryFolder } from '../notebook/cells.js';

const folder = temporaryFolder();
beforeAll(async () => {
  await engine.use({ name: 'onnxruntime', threads: 1 });
});

const rows = [
  { encoder: 'DCL', step: 1, mean: 1 / 3, histogram: [0, 2], pixels: Uint8Array.of(0, 255, 62), seed: null },
  { encoder: '7', step: 2, mean: 1e-9, histogram: [1, 1], pixels: Uint8Array.of(7), seed: 4 },
];

describe('a saved table', () => {
  test('comes back as it was, lists, bytes, missing numbers and texts that look like numbers too', async () => {
    await writeTable(join(folder, 'rows'), rows, {});
    const { table } = await readTable(join(folder, 'rows'));
    expect(table.objects()).toEqual(rows);
    expect(table.columnNames()).toEqual(Object.keys(rows[0]!));
  });

  test('gives null for an empty text', async () => {
    await writeTable(join(folder, 'empty'), [{ note: '', seed: 1 }], {});
    expect((await readTable(join(folder, 'empty'))).table.objects()).toEqual([{ note: null, seed: 1 }]);
  });

  test('keeps every double and every text', async () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
    // Line breaks within a CSV field are beyond its reader.
    const text = fc.stringMatching(/^[ -~äß€]{1,12}$/);
    await fc.assert(
      fc.asyncProperty(value, text, fc.array(value), fc.array(text), async (number, name, list, names) => {
        const one = [{ number, name, list, names }];
        await writeTable(join(folder, 'any'), one, {});
        expect((await readTable(join(folder, 'any'))).table.objects()).toEqual(one);
      }),
      { numRuns: 30 },
    );
  });

  test('says where it comes from: what the writer gave, and what computed it when', async () => {
    const before = Date.now();
    await writeTable(join(folder, 'described'), rows, { seed: 3 });
    const { provenance } = await readTable(join(folder, 'described'));
    expect(provenance).toMatchObject({
      seed: 3,
      computedBy: {
        engine: 'onnxruntime',
        device: 'cpu',
        threads: 1,
        node: process.versions.node,
        tfjs: expect.any(String),
        dclLab: expect.any(String),
      },
    });
    const { finishedAt } = provenance.computedBy as { finishedAt: string };
    expect(Date.parse(finishedAt)).toBeGreaterThanOrEqual(before);
  });

  test('is refused where a file is missing, damaged, or changed after it was described', async () => {
    const path = join(folder, 'changed');
    await expect(readTable(path)).rejects.toThrow(/changed\.csv cannot be read/);
    await writeTable(path, rows, {});
    await writeFile(`${path}.csv`, (await readFile(`${path}.csv`, 'utf8')).replace('DCL', 'DCLW'));
    await expect(readTable(path)).rejects.toThrow(/changed\.csv is not the table that .*changed\.json/);
    await writeFile(`${path}.json`, '{');
    await expect(readTable(path)).rejects.toThrow(/changed\.json is damaged/);
  });

  test('takes rows of one kind alone', async () => {
    const path = join(folder, 'refused');
    await expect(writeTable(path, [], {})).rejects.toThrow('no rows');
    await expect(writeTable(path, [{ a: 1 }, { b: 1 }], {})).rejects.toThrow('Row 1 has the columns b');
    await expect(writeTable(path, [{ a: 1 }, { a: 'x' }], {})).rejects.toThrow('a mixes number and text');
    await expect(readTable(path)).rejects.toThrow('cannot be read');
  });
});
