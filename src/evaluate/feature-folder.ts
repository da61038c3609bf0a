/**
 * A folder of features: `features.json` says of what they are, and files of some thousand rows each hold them, as
 * safetensors with `features` [rows, dimension] and `labels` [rows]. `features.json` names each file that is complete, with
 * the SHA-256 of its bytes, so that `sha256sum` can check it too.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';

/** What the features are of: the same for as long as the folder lasts. */
export interface FeatureOrigin {
  /** Name of the data set. */
  readonly name: string;
  readonly count: number;
  readonly dimension: number;
  readonly classes: readonly string[];
  /** Rows of each file but the last. */
  readonly shardRows: number;
  /** `encoderFingerprint` of the encoder. */
  readonly encoder: string;
  /** Fingerprint of the data set. */
  readonly data: string;
}

export interface FeatureIndex extends FeatureOrigin {
  /** SHA-256 of each file that is complete, by its name. */
  readonly shards: Readonly<Record<string, string>>;
}

export const indexFile = 'features.json';

const format = 'dcl-lab features 1';

/** The text of `features.json`: the same for the same index. */
export function encodeIndex({ shards, ...origin }: FeatureIndex): string {
  const sorted = Object.fromEntries(Object.entries(shards).sort());
  return `${JSON.stringify({ format, ...origin, shards: sorted }, null, 2)}\n`;
}

/** @returns undefined where the folder has none @throws InputError where it cannot be read */
export async function readIndex(folder: string): Promise<FeatureIndex | undefined> {
  const path = join(folder, indexFile);
  try {
    const { format: found, ...index } = JSON.parse(await readFile(path, 'utf8'));
    if (found === format) return index;
    throw new InputError(`${path} is "${found}", of which this version reads "${format}" only.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read: ${(error as Error).message}.`);
  }
}

/** @throws InputError listing what the folder's features have otherwise */
export function requireSameOrigin(folder: string, found: FeatureIndex, origin: FeatureOrigin): void {
  const differences = (Object.keys(origin) as (keyof FeatureOrigin)[])
    .map((key) => ({ key, was: JSON.stringify(found[key]), is: JSON.stringify(origin[key]) }))
    .filter(({ was, is }) => was !== is);
  if (differences.length === 0) return;
  const list = differences.map(({ key, was, is }) => `${key} was ${was}, now ${is}`).join('; ');
  throw new InputError(`${folder} holds other features: ${list}. Give the same or another folder.`);
}

/** Part of the rows, in a file of its own. */
export interface Shard {
  readonly file: string;
  /** Its first row. */
  readonly start: number;
  /** The row after its last. */
  readonly end: number;
}

/** All files of the rows, in their order. */
export function shardsOf({ count, shardRows }: Pick<FeatureOrigin, 'count' | 'shardRows'>): Shard[] {
  return Array.from({ length: Math.ceil(count / shardRows) }, (_, i) => ({
    file: `features-${String(i).padStart(5, '0')}.safetensors`,
    start: i * shardRows,
    end: Math.min(count, (i + 1) * shardRows),
  }));
}

export function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A share of a folder's files: every `of`-th one, beginning with number `index`. */
export interface FeaturePart {
  /** From 0 to `of` - 1. */
  readonly index: number;
  /** Number of shares. */
  readonly of: number;
}

/** Where a part keeps its files until all are complete. */
export function partFolder(folder: string, { index, of }: FeaturePart): string {
  return join(folder, `part-${index}-of-${of}`);
}

export function isPartFolder(name: string): boolean {
  return /^part-\d+-of-\d+$/.test(name);
}
