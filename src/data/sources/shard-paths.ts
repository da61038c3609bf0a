import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../errors.js';

/** Far above any set of shards, below what a slip of the finger asks for. */
const mostShards = 100_000;

/**
 * Paths of shards: all `*.tar` of a folder, sorted; those that a pattern such as `train-{000..146}.tar` counts, with as many
 * digits as its first number; or, for another path, all `*.tar` whose path begins with it, sorted.
 * @throws InputError where there are none, or for a pattern that counts downwards
 */
export async function shardPaths(place: string): Promise<string[]> {
  const counted = /^(.*)\{(\d+)\.\.(\d+)\}(.*)$/s.exec(place);
  if (counted) return countedPaths(place, counted);
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isFolder ? place : dirname(place);
  const prefix = isFolder ? '' : basename(place);
  const names = await readdir(folder).catch((error: Error) => {
    throw new InputError(`Could not read the folder ${folder}: ${error.message}`, { cause: error });
  });
  const shards = names.filter(
    (name) => name.endsWith('.tar') && name.startsWith(prefix) && !name.startsWith('.'),
  );
  if (shards.length > 0) return shards.sort().map((name) => join(folder, name));
  throw new InputError(
    `There are no shards ${isFolder ? join(place, '*.tar') : `${place}*.tar`}; ` +
      'give a folder with shards, what their paths begin with, or a pattern such as train-{000..146}.tar',
  );
}

function countedPaths(pattern: string, [, before, first, last, after]: RegExpExecArray): string[] {
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= mostShards)) {
    throw new InputError(
      `${pattern} counts ${Math.max(0, count)} shards; count from 1 to ${mostShards} of them, upwards`,
    );
  }
  return Array.from({ length: count }, (_, step) => {
    const number = String(Number(first) + step).padStart(first!.length, '0');
    return `${before}${number}${after}`;
  });
}
