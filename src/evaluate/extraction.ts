import { link, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import type { Dataset } from '../data/index.js';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';
import { encodeSafetensors } from '../weights/index.js';
import { embedBatches } from './embed.js';
import {
  checksum,
  encodeIndex,
  type FeatureIndex,
  type FeatureOrigin,
  type FeaturePart,
  indexFile,
  isPartFolder,
  readIndex,
  requireSameOrigin,
  type Shard,
  shardsOf,
} from './feature-folder.js';

/** How far an extraction is. */
export interface ExtractionProgress {
  /** `verify` while what an earlier sitting wrote is read again, then `extract`. */
  readonly type: 'verify' | 'extract';
  /** Images done, those of earlier sittings included. */
  readonly done: number;
  /** Images in the data set. */
  readonly total: number;
  /** To the end of this part at its pace so far; undefined before there is one. */
  readonly secondsLeft: number | undefined;
}

/** One sitting of the work on a folder. */
export class Extraction {
  private done = 0;
  private secondsLeft = pace();

  private constructor(
    private readonly folder: string,
    private index: FeatureIndex,
    private readonly onProgress: (progress: ExtractionProgress) => void,
  ) {}

  /** @throws InputError for a folder of other features or with files of something else */
  static async begin(
    folder: string,
    origin: FeatureOrigin,
    onProgress: (progress: ExtractionProgress) => void = () => {},
  ): Promise<Extraction> {
    const found = await readIndex(folder);
    await requireOwnFolder(folder, found, origin);
    const extraction = new Extraction(folder, found ?? { ...origin, shards: {} }, onProgress);
    await extraction.verify();
    return extraction;
  }

  /** The files that are still to be made; with `part`, of every `of`-th one from `index` on. */
  missing({ index, of }: FeaturePart = { index: 0, of: 1 }): Shard[] {
    return shardsOf(this.index).filter(
      ({ file }, place) => place % of === index && this.index.shards[file] === undefined,
    );
  }

  /**
   * Takes over the complete files of another folder; a damaged one is set aside there.
   * @throws InputError where that folder is of other features
   */
  async take(folder: string, index: FeatureIndex): Promise<void> {
    const { shards: ours, ...origin } = this.index;
    requireSameOrigin(folder, index, origin);
    const taken = { ...ours };
    for await (const { file } of this.wholeFiles(folder, index.shards)) {
      await onDisk(`${file} cannot be moved from ${folder} to ${this.folder}`, async () => {
        await rm(join(this.folder, file), { force: true });
        await link(join(folder, file), join(this.folder, file));
      });
      taken[file] = index.shards[file]!;
    }
    await this.setShards(taken);
  }

  /** Embeds the images of a file and writes it, whole or not at all. */
  async write(shard: Shard, encoder: tf.LayersModel, dataset: Dataset, batchSize: number): Promise<void> {
    const { dimension } = this.index;
    const features = new Float32Array((shard.end - shard.start) * dimension);
    const range = [shard.start, shard.end] as const;
    for await (const { rows, end } of embedBatches(encoder, dataset, { batchSize, range })) {
      features.set(rows, (end - shard.start) * dimension - rows.length);
      this.advance(rows.length / dimension);
    }
    const labels = dataset.labels.subarray(shard.start, shard.end);
    const tensors = new Map([
      ['features', { shape: [labels.length, dimension], values: features }],
      ['labels', { shape: [labels.length], values: labels }],
    ]);
    const bytes = encodeSafetensors({ tensors, metadata: {} });
    await this.put(shard.file, bytes);
    await this.setShards({ ...this.index.shards, [shard.file]: checksum(bytes) });
  }

  /** Sets aside files that are not what was written, and forgets those that are gone. */
  private async verify(): Promise<void> {
    const { shards } = this.index;
    const good: Record<string, string> = {};
    for await (const { file, start, end } of this.wholeFiles(this.folder, shards)) {
      good[file] = shards[file]!;
      this.done += end - start;
    }
    await this.setShards(good);
    this.secondsLeft = pace(this.done);
  }

  /** Of the complete files of a folder those that are what was written; the others are set aside there. */
  private async *wholeFiles(
    folder: string,
    shards: FeatureIndex['shards'],
  ): AsyncGenerator<Shard, void, undefined> {
    const complete = shardsOf(this.index).filter(({ file }) => shards[file] !== undefined);
    const total = complete.reduce((sum, { start, end }) => sum + end - start, 0);
    const secondsLeft = pace();
    let done = 0;
    for (const shard of complete) {
      if (await isWhole(folder, shard.file, shards[shard.file]!)) yield shard;
      done += shard.end - shard.start;
      this.onProgress({ type: 'verify', done, total, secondsLeft: secondsLeft(done, total) });
    }
  }

  private advance(rows: number): void {
    this.done += rows;
    const { done } = this;
    const { count: total } = this.index;
    this.onProgress({ type: 'extract', done, total, secondsLeft: this.secondsLeft(done, total) });
  }

  private async setShards(shards: FeatureIndex['shards']): Promise<void> {
    this.index = { ...this.index, shards };
    await this.put(indexFile, encodeIndex(this.index));
  }

  private async put(file: string, contents: Buffer | string): Promise<void> {
    const path = join(this.folder, file);
    await onDisk(
      `${path} cannot be written; free space or fix the permissions, and call again to go on`,
      () => writeDurably(path, contents),
    );
  }
}

/** Whether a file is what was written; a damaged one is set aside. */
async function isWhole(folder: string, file: string, expected: string): Promise<boolean> {
  const path = join(folder, file);
  const bytes = await onDisk(`${path} cannot be read`, () => readFile(path).catch(undefinedIfMissing));
  if (bytes !== undefined && checksum(bytes) === expected) return true;
  if (bytes === undefined) {
    console.warn(`${path} is gone; it is made again.`);
  } else {
    await onDisk(`${path} cannot be set aside`, () => rename(path, `${path}.damaged`));
    console.warn(`${path} is damaged; it was set aside as ${file}.damaged and is made again.`);
  }
  return false;
}

/** Takes away what a crash left half written. @throws InputError where the folder is not one of these features */
async function requireOwnFolder(
  folder: string,
  found: FeatureIndex | undefined,
  origin: FeatureOrigin,
): Promise<void> {
  const files = await onDisk(`The folder ${folder} cannot be used`, () => readdir(folder));
  const temporary = files.filter((file) => /^(features(-\d{5}\.safetensors|\.json)|lock)\.\d+$/.test(file));
  const known = (file: string) => file === 'lock' || temporary.includes(file) || isPartFolder(file);
  if (found === undefined && !files.every(known)) {
    throw new InputError(`${folder} is not empty and holds no features; give another folder.`);
  }
  if (found !== undefined) requireSameOrigin(folder, found, origin);
  for (const file of temporary) {
    await onDisk(`${folder} cannot be written`, () => rm(join(folder, file), { force: true }));
  }
}

/** Estimates the time to the end from what was done since now. */
function pace(doneBefore = 0): (done: number, total: number) => number | undefined {
  const started = performance.now();
  return (done, total) => {
    if (done === doneBefore) return undefined;
    return ((performance.now() - started) / 1000 / (done - doneBefore)) * (total - done);
  };
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
