import { mkdir, rm } from 'node:fs/promises';
import { onDisk } from '../train/run-files.js';
import { RunLock } from '../train/run-lock.js';
import { Extraction, type ExtractionProgress } from './extraction.js';
import { type FeatureIndex, partFolder, readIndex, shardsOf } from './feature-folder.js';
import { openFeatures, type StoredFeatures } from './open-features.js';

/** What {@link joinFeatures} tells meanwhile. */
export interface JoinFeaturesOptions {
  /** Called after each file that was verified, of one part after the other. What it throws ends the work; the same call goes on. */
  readonly onProgress?: (progress: ExtractionProgress) => void;
}

/**
 * Puts together what `extractPart` made: the folder then holds the same bytes as if one process had made it, and the
 * parts' own folders are gone. Every checksum is verified. Cut off at any moment, the same call goes on.
 *
 * @param of - the number of parts
 * @throws InputError where a part is not complete, is of other features, or is being worked on
 */
export async function joinFeatures(
  folder: string,
  of: number,
  { onProgress }: JoinFeaturesOptions = {},
): Promise<StoredFeatures> {
  await onDisk(`The folder ${folder} cannot be used`, () => mkdir(folder, { recursive: true }));
  const lock = await RunLock.take(folder);
  try {
    const parts = await partsOf(folder, of);
    const [first] = parts;
    if (first !== undefined) {
      const { shards: _shards, ...origin } = first.index;
      const extraction = await Extraction.begin(folder, origin, onProgress);
      for (const part of parts) await takePart(extraction, part);
    }
  } finally {
    await lock.release();
  }
  const features = await openFeatures(folder);
  for (let index = 0; index < of; index++)
    await rm(partFolder(folder, { index, of }), { recursive: true, force: true });
  return features;
}

/** How many rows are in complete files, those of parts included. */
export async function extractedRows(
  folder: string,
  of: number,
): Promise<{
  /** Rows in complete files. */
  readonly done: number;
  /** Images in the data set; undefined before the first part has begun. */
  readonly total: number | undefined;
}> {
  const whole = await readIndex(folder);
  const indexes = [...(whole ? [whole] : []), ...(await partsOf(folder, of)).map(({ index }) => index)];
  const complete = new Set(indexes.flatMap(({ shards }) => Object.keys(shards)));
  const [first] = indexes;
  if (first === undefined) return { done: 0, total: undefined };
  const done = shardsOf(first)
    .filter(({ file }) => complete.has(file))
    .reduce((sum, { start, end }) => sum + end - start, 0);
  return { done, total: first.count };
}

interface Part {
  readonly path: string;
  readonly index: FeatureIndex;
}

async function partsOf(folder: string, of: number): Promise<Part[]> {
  const parts: Part[] = [];
  for (let number = 0; number < of; number++) {
    const path = partFolder(folder, { index: number, of });
    const index = await readIndex(path);
    if (index !== undefined) parts.push({ path, index });
  }
  return parts;
}

/** The part's process has ended, or its lock says that it is at work. */
async function takePart(extraction: Extraction, { path, index }: Part): Promise<void> {
  const lock = await RunLock.take(path);
  try {
    await extraction.take(path, index);
  } finally {
    await lock.release();
  }
}
