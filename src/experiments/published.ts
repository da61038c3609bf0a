import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ColumnTable, fromCSV } from 'arquero';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';

/**
 * Others' accuracies, a row each: `data`, `method`, `loss` (`own` for a method's that is none of ours), `temperature`,
 * `batchSize` (both null where the source does not say), `epochs`, `encoder`, `measure` (`knnTop1`, `knnTop5`,
 * `linearTop1`, `linearTop5`, `fineTuneTop1` or `fineTuneTop5`), `value` (0 to 1), `selection` (which epoch), `defect`
 * (null, or why the number does not show what its name says), `note`, `source`.
 */
export type PublishedResults = ColumnTable;

const path = fileURLToPath(new URL('../../data/published.csv', import.meta.url));

/**
 * What others published for the same comparisons, with sources; never to be mixed with own measurements, which come from
 * other encoders, epochs and protocols.
 * @param data - `cifar10`, `cifar100` or `imagenet1k`
 * @throws InputError where there is nothing for the data set
 */
export async function published(data: string): Promise<PublishedResults> {
  const text = await onDisk(`The published results ${path} cannot be read`, () => readFile(path, 'utf8'));
  const all = fromCSV(text);
  const names = [...new Set(all.array('data'))];
  if (!names.includes(data)) {
    throw new InputError(`There are no published results for "${data}"; choose ${names.join(', ')}.`);
  }
  return all.params({ data }).filter((row: { data: string }, $: { data: string }) => row.data === $.data);
}
