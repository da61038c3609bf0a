import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';
import { indexFile, readIndex, type Shard, shardsOf } from './feature-folder.js';
import { type FeatureSet, requireRows } from './feature-set.js';

/** Features in the files of a folder, which are read where and when they are needed. */
export interface StoredFeatures extends FeatureSet {
  /** `encoderFingerprint` of the encoder they are from. */
  readonly encoder: string;
  /** Closes the files; then nothing can be read any more. */
  close(): Promise<void>;
}

/**
 * The features that `extractFeatures` wrote to a folder. Sizes are checked, checksums are not: `extractFeatures` with the same
 * encoder and data set verifies every byte.
 * @throws InputError where there are none, some are missing, or a file is cut short
 */
export async function openFeatures(folder: string): Promise<StoredFeatures> {
  const index = await readIndex(folder);
  if (index === undefined)
    throw new InputError(`${folder} holds no features: there is no ${join(folder, indexFile)}.`);
  const shards = shardsOf(index);
  const complete = Object.keys(index.shards).length;
  if (complete < shards.length) {
    throw new InputError(
      `${folder} holds ${complete} of ${shards.length} files of features; extract them again to go on.`,
    );
  }
  const { name, count, dimension, classes, shardRows, encoder } = index;
  const labels = new Int32Array(count);
  const files: ShardFile[] = [];
  const close = async () => {
    for (const file of files) await file.close();
  };
  try {
    for (const shard of shards) {
      const file = await ShardFile.open(folder, shard, dimension);
      files.push(file);
      await file.labels(bytesOf(labels.subarray(shard.start, shard.end)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const rows = async (wanted: Int32Array) => {
    requireRows({ name, count, labels, classes }, wanted);
    const features = new Float32Array(wanted.length * dimension);
    const reads = runsOf(wanted, shardRows).map(({ at, row, length }) =>
      files[Math.floor(row / shardRows)]!.features(
        row % shardRows,
        bytesOf(features.subarray(at * dimension, (at + length) * dimension)),
      ),
    );
    await Promise.all(reads);
    return features;
  };
  return { name, count, dimension, labels, classes, encoder, rows, close };
}

/** One file of a folder of features: the header, then `features`, then `labels`. */
class ShardFile {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly dimension: number,
    private readonly featuresAt: number,
    private readonly labelsAt: number,
  ) {}

  /** @throws InputError where the file is missing or has another size than its rows need */
  static async open(folder: string, { file, start, end }: Shard, dimension: number): Promise<ShardFile> {
    const path = join(folder, file);
    return onDisk(`${path} cannot be read`, async () => {
      const handle = await open(path);
      const { size } = await handle.stat();
      const labelsAt = size - 4 * (end - start);
      const featuresAt = labelsAt - 4 * (end - start) * dimension;
      const header = Buffer.alloc(8);
      await handle.read(header, 0, 8, 0);
      if (header.readBigUInt64LE() + 8n === BigInt(featuresAt)) {
        return new ShardFile(path, handle, dimension, featuresAt, labelsAt);
      }
      await handle.close();
      throw new InputError(
        `${path} is damaged: ${size} bytes are not those of ${end - start} rows of ${dimension} features. ` +
          'Extract the features again, which makes this file anew.',
      );
    });
  }

  async labels(into: Uint8Array): Promise<void> {
    await this.read(into, this.labelsAt);
  }

  /** Rows of this file, from `row` on, as many as there is room for. */
  async features(row: number, into: Uint8Array): Promise<void> {
    await this.read(into, this.featuresAt + 4 * row * this.dimension);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async read(into: Uint8Array, position: number): Promise<void> {
    await onDisk(`${this.path} cannot be read`, async () => {
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await this.handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) throw new Error('it was cut short');
        done += bytesRead;
      }
    });
  }
}

/** Rows that lie one after the other in one file. */
interface Run {
  /** Place of the first among the rows that are wanted. */
  readonly at: number;
  readonly row: number;
  readonly length: number;
}

function runsOf(rows: Int32Array, shardRows: number): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < rows.length; ) {
    let length = 1;
    while (rows[at + length] === rows[at]! + length && (rows[at]! + length) % shardRows !== 0) length += 1;
    runs.push({ at, row: rows[at]!, length });
    at += length;
  }
  return runs;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
