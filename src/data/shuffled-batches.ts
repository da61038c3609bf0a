import { InputError, requireInteger } from '../errors.js';
import type { Dataset } from './dataset.js';
import { epochOrder } from './epoch-order.js';
import { InTurn } from './in-turn.js';
import { requireCounter } from './random.js';
import { readImages } from './read-images.js';
import { lengthOf, lengthOfViews, type ViewKind, viewShapes } from './view.js';
import { jobsAtOnce, makeViewsBeside, makeViewsOfFileBeside, requireThreads } from './view-pool.js';
import { requireViewSettings, type ViewSettings } from './view-settings.js';

/** Which images are drawn, in which order, and how. */
export interface ShuffledBatchesOptions {
  /** Whose images. */
  readonly dataset: Dataset;
  /** How their views are made. */
  readonly views: ViewSettings;
  /** Images N in a batch. */
  readonly batchSize: number;
  /** Whole number from 0 to 2^32 - 1 that decides the order and the views. */
  readonly seed: number;
  /** Whole number that gives each epoch its own order and views. */
  readonly epoch: number;
  /** Step of the epoch to begin with, for resuming; the steps before it cost nothing. 0 by default. */
  readonly firstStep?: number;
  /** Step of the epoch to end before; that of the incomplete batch by default. */
  readonly endStep?: number;
  /**
   * Threads beside this one that make views at once: by default as many as the machine runs in parallel where images come
   * from files, and one where they are in memory.
   */
  readonly threads?: number;
}

/** Views of the images of one batch. */
export interface ShuffledBatch {
  /** Place in the epoch, 0 for the first. */
  readonly step: number;
  /** Indices of the N images in the data set, [N]. */
  readonly indices: Int32Array;
  /** Each [N, height, width, channels]. */
  readonly views: readonly Float32Array[];
}

/** One batch being made and two ready or queued, so that the training step need not wait for one. */
const underWayAtMost = 3;

/**
 * One epoch of batches, shuffled; an incomplete last batch is left out. Views are made on threads beside this one, a few
 * batches ahead.
 */
export async function* shuffledBatches(
  options: ShuffledBatchesOptions,
  kind: ViewKind,
): AsyncGenerator<ShuffledBatch, void, undefined> {
  const { dataset, batchSize, seed, epoch, firstStep = 0, threads } = options;
  const { endStep = Math.floor(dataset.length / batchSize) } = options;
  const fromFiles = dataset.readFile !== undefined;
  const turns = new InTurn(fromFiles ? jobsAtOnce(requireThreads(threads)) : (threads ?? 1));
  const make = fromFiles ? makeOfFiles(options, kind, turns) : makeOfPixels(options, kind, turns);
  const order = epochOrder(dataset.length, seed, epoch);
  const underWay: Promise<ShuffledBatch>[] = [];
  try {
    for (let step = firstStep, next = firstStep; step < endStep; step++) {
      for (; next < Math.min(endStep, step + underWayAtMost); next++) {
        const batch = makeBatch(make, next, order.slice(next * batchSize, (next + 1) * batchSize));
        // A failure is thrown when its turn comes; the loop may be left before.
        batch.catch(() => {});
        underWay.push(batch);
      }
      yield await underWay.shift()!;
    }
  } finally {
    // Whoever leaves early, or meets a failure, waits for no more views.
    turns.stop();
  }
}

/** @throws InputError for images of other than 1 or 3 channels, and an option out of range */
export function requireShuffledBatches(options: ShuffledBatchesOptions, leastBatchSize: number): void {
  const { dataset, views, batchSize, seed, epoch, firstStep = 0, threads } = options;
  const steps = completeBatches(dataset, batchSize, leastBatchSize);
  const { endStep = steps } = options;
  const channels = dataset.shape[2];
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`Views are made of images with 1 or 3 channels; ${dataset.name} has ${channels}`);
  }
  requireViewSettings(views);
  requireCounter('seed', seed);
  requireCounter('epoch', epoch);
  requireInteger('endStep', endStep, 0, steps);
  requireInteger('firstStep', firstStep, 0, endStep);
  requireThreads(threads);
}

/** @throws InputError for a batch size below the least, or above the data set's length */
export function completeBatches(dataset: Dataset, batchSize: number, leastBatchSize: number): number {
  requireInteger('batchSize', batchSize, leastBatchSize);
  if (batchSize > dataset.length) {
    throw new InputError(
      `A batch of ${batchSize} does not fit ${dataset.name}, which has ${dataset.length} images; take a smaller batch`,
    );
  }
  return Math.floor(dataset.length / batchSize);
}

type MakeViews = (indices: Int32Array) => Promise<Float32Array[]>;

async function makeBatch(make: MakeViews, step: number, indices: Int32Array): Promise<ShuffledBatch> {
  return { step, indices, views: await make(indices) };
}

function makeOfPixels(options: ShuffledBatchesOptions, kind: ViewKind, turns: InTurn): MakeViews {
  const { dataset, views: settings, seed, epoch } = options;
  const { shape } = dataset;
  return async (indices) => {
    const pixels = await readImages(dataset, indices);
    const job = { pixels, shape, indices, settings, seed, epoch };
    const all = await turns.run(() => makeViewsBeside(job, kind));
    let start = 0;
    return viewShapes(shape, settings, kind).map((view) => {
      const end = start + indices.length * lengthOf(view);
      const values = all.subarray(start, end);
      start = end;
      return values;
    });
  };
}

function makeOfFiles(options: ShuffledBatchesOptions, kind: ViewKind, turns: InTurn): MakeViews {
  const { dataset, views: settings, seed, epoch } = options;
  const { shape } = dataset;
  const lengths = viewShapes(shape, settings, kind).map(lengthOf);
  // What threads write to is used again and again: memory taken anew for each image costs an eighth of the time, most of it
  // this thread's, whose garbage is collected whenever enough of it has been dropped.
  const free: Float32Array<SharedArrayBuffer>[] = [];
  const length = lengthOfViews({ shape, settings, kind });
  return async (indices) => {
    const views = lengths.map((length) => new Float32Array(indices.length * length));
    const makeImage = async (index: number, i: number) => {
      const job = { shape, index, settings, seed, epoch, kind };
      const values = free.pop() ?? new Float32Array(new SharedArrayBuffer(4 * length));
      await makeViewsOfFileBeside(() => dataset.readFile!(index), job, values);
      let start = 0;
      for (const [view, length] of lengths.entries()) {
        views[view]!.set(values.subarray(start, start + length), i * length);
        start += length;
      }
      free.push(values);
    };
    await Promise.all(Array.from(indices, (index, i) => turns.run(() => makeImage(index, i))));
    return views;
  };
}
