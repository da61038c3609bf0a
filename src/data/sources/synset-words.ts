import { InputError } from '../../errors.js';
import { readText } from './class-list.js';

/**
 * Reads what synsets mean from Kaggle's `LOC_synset_mapping.txt`, with lines such as `n01440764 tench, Tinca tinca`.
 * @throws InputError for a file that cannot be read, or naming a line of another form
 */
export async function readSynsetWords(path: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readText(path)).trimEnd().split(/\r?\n/);
  return new Map(
    lines.map((line, index) => {
      const [, synset, words] = /^(n\d{8})\s+(\S.*)$/.exec(line.trimEnd()) ?? [];
      if (synset !== undefined && words !== undefined) return [synset, words];
      throw new InputError(
        `Line ${index + 1} of ${path} is '${line.slice(0, 60)}'; it should read like 'n01440764 tench, Tinca tinca'`,
      );
    }),
  );
}
