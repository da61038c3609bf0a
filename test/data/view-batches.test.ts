import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dataset, inMemory, simclrViews, type ViewBatch, viewBatches } from '../../src/data/index.js';
import { makeViews } from '../../src/data/view.js';
import { InputError } from '../../src/errors.js';

/** Images that differ from one another in every pixel. */
function numberedImages(length: number, channels = 3): Dataset {
  return inMemory({
    name: 'numbered',
    shape: [4, 4, channels],
    classes: ['only'],
    labels: new Int32Array(length),
    pixels: Uint8Array.from({ length: length * 16 * channels }, (_, i) => (i * 37) % 256),
  });
}

async function collect(options: Partial<Parameters<typeof viewBatches>[0]>): Promise<ViewBatch[]> {
  const batches: ViewBatch[] = [];
  for await (const batch of viewBatches({
    dataset: numberedImages(10),
    views: simclrViews(),
    batchSize: 3,
    seed: 1,
    epoch: 0,
    ...options,
  })) {
    batches.push(batch);
  }
  return batches;
}

describe('viewBatches', () => {
  test('visits every image once, but for the incomplete last batch', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 12 }),
        fc.nat(),
        fc.nat({ max: 1000 }),
        async (length, size, seed, epoch) => {
          const batchSize = Math.min(length, size);
          const batches = await collect({ dataset: numberedImages(length), batchSize, seed, epoch });
          const visited = batches.flatMap((batch) => [...batch.indices]);
          expect(batches.map((batch) => batch.step)).toEqual([...batches.keys()]);
          expect(visited.length).toBe(length - (length % batchSize));
          expect(new Set(visited).size).toBe(visited.length);
          expect(visited.every((index) => index >= 0 && index < length)).toBe(true);
        },
      ),
    );
  });

  test('gives each epoch and each seed an order and views of its own', async () => {
    const [first] = await collect({ seed: 1, epoch: 0, batchSize: 10 });
    const [nextEpoch] = await collect({ seed: 1, epoch: 1, batchSize: 10 });
    const [otherSeed] = await collect({ seed: 2, epoch: 0, batchSize: 10 });
    for (const other of [nextEpoch!, otherSeed!]) {
      expect(other.indices).not.toEqual(first!.indices);
      expect(viewOf(other, 7)).not.toEqual(viewOf(first!, 7));
    }
    expect(first!.views[0]).not.toEqual(first!.views[1]);
  });

  test('makes the views of an image depend on its index, not on its place in the batch or the batch size', async () => {
    const [whole] = await collect({ batchSize: 10 });
    for (const batch of await collect({ batchSize: 3 })) {
      for (const index of batch.indices) expect(viewOf(batch, index)).toEqual(viewOf(whole!, index));
    }
  });

  test('gives the views that are made of the same images on this thread', async () => {
    const dataset = numberedImages(10);
    for (const { indices, views } of await collect({ dataset })) {
      const pixels = await dataset.read(indices);
      const settings = simclrViews();
      const made = makeViews({ pixels, shape: dataset.shape, indices, settings, seed: 1, epoch: 0 });
      expect([...views[0], ...views[1]]).toEqual([...made]);
    }
  });

  test('gives small crops after the two views, each by itself', async () => {
    const dataset = numberedImages(10);
    const settings = simclrViews({ smallCrops: { count: 2, size: 3, scale: [0.2, 0.4] } });
    for (const { indices, views } of await collect({ dataset, views: settings })) {
      const pixels = await dataset.read(indices);
      const made = makeViews({ pixels, shape: dataset.shape, indices, settings, seed: 1, epoch: 0 });
      expect(views.map((view) => view.length / 3)).toEqual([48, 48, 27, 27]);
      expect(views.flatMap((view) => [...view])).toEqual([...made]);
    }
  });

  test('leaves the storage of a data set that hands it out as it is', async () => {
    const storage = new Uint8Array(4 * 48).fill(7);
    const lending: Dataset = { ...numberedImages(4), read: async () => storage };
    const [first] = await collect({ dataset: lending, batchSize: 4 });
    expect(storage).toEqual(new Uint8Array(4 * 48).fill(7));
    expect(await collect({ dataset: lending, batchSize: 4 })).toEqual([first]);
  });

  test('names a data set that gives more or fewer pixels than the images have', async () => {
    const short: Dataset = { ...numberedImages(4), read: async () => new Uint8Array(100) };
    await expect(collect({ dataset: short })).rejects.toThrow(
      'numbered: read gave 100 pixel values for 3 images of 4x4x3, which have 144',
    );
  });

  test('begins at any step with what the whole epoch has there, without reading the images before', async () => {
    const whole = await collect({});
    for (let firstStep = 0; firstStep <= 3; firstStep++) {
      const dataset = numberedImages(10);
      const read: number[] = [];
      const watched: Dataset = {
        ...dataset,
        read: (indices) => {
          read.push(...Array.from(indices));
          return dataset.read(indices);
        },
      };
      const rest = await collect({ dataset: watched, firstStep });
      expect(rest).toEqual(whole.slice(firstStep));
      expect(read.length).toBe(9 - 3 * firstStep);
    }
  });

  test('ends before any step, without reading the images after', async () => {
    const whole = await collect({});
    for (let endStep = 1; endStep <= 3; endStep++) {
      const dataset = numberedImages(10);
      let read = 0;
      const counted: Dataset = {
        ...dataset,
        read: (indices) => {
          read += indices.length;
          return dataset.read(indices);
        },
      };
      expect(await collect({ dataset: counted, firstStep: 1, endStep })).toEqual(whole.slice(1, endStep));
      expect(read).toBe(3 * (endStep - 1));
    }
  });

  test('reads only a few batches ahead of a slow consumer', async () => {
    const dataset = numberedImages(1000);
    let reads = 0;
    const counted: Dataset = {
      ...dataset,
      read: (indices) => {
        reads += 1;
        return dataset.read(indices);
      },
    };
    const options = { dataset: counted, views: simclrViews(), batchSize: 2, seed: 1, epoch: 0 };
    for await (const batch of viewBatches(options)) {
      if (batch.step === 5) break;
    }
    expect(reads).toBeLessThanOrEqual(5 + 4);
  });

  test('keeps no process alive when its loop is left early', async () => {
    const script = `
      import { inMemory, simclrViews, viewBatches } from './src/data/index.ts';
      const dataset = inMemory({
        name: 'blank', shape: [8, 8, 3], classes: ['only'], labels: new Int32Array(64), pixels: new Uint8Array(64 * 192),
      });
      for await (const { step } of viewBatches({ dataset, views: simclrViews(), batchSize: 4, seed: 1, epoch: 0 })) {
        if (step === 3) break;
      }
      console.log('left');
    `;
    const root = new URL('../..', import.meta.url);
    const run = promisify(execFile);
    const ended = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: root,
      timeout: 30_000,
    });
    expect(ended.stdout).toBe('left\n');
  });

  test('passes on a failure to read an image at the step that needs it', async () => {
    const dataset = numberedImages(10);
    const failing: Dataset = {
      ...dataset,
      read: (indices) =>
        Array.from(indices).includes(3)
          ? Promise.reject(new Error('image 3 is gone'))
          : dataset.read(indices),
    };
    await expect(collect({ dataset: failing, batchSize: 5 })).rejects.toThrow('image 3 is gone');
  });

  test('refuses what it cannot do before the first batch', () => {
    const start = (options: object) => () =>
      viewBatches({
        dataset: numberedImages(10),
        views: simclrViews(),
        batchSize: 3,
        seed: 1,
        epoch: 0,
        ...options,
      });
    expect(start({ batchSize: 1 })).toThrow(InputError);
    expect(start({ batchSize: 2.5 })).toThrow('2.5');
    expect(start({ batchSize: 11 })).toThrow('A batch of 11 does not fit numbered, which has 10 images');
    expect(start({ seed: -1 })).toThrow('seed is -1; it must be a whole number from 0 to 4294967295');
    expect(start({ epoch: 0.5 })).toThrow('epoch is 0.5; it must be a whole number');
    expect(start({ firstStep: 4 })).toThrow('firstStep is 4; it must be a whole number from 0 to 3');
    expect(start({ endStep: 4 })).toThrow('endStep is 4');
    expect(start({ firstStep: 2, endStep: 1 })).toThrow('firstStep is 2');
    expect(start({ dataset: numberedImages(10, 4) })).toThrow('numbered has 4');
    expect(start({ views: { ...simclrViews(), hue: 0.6 } })).toThrow('hue is 0.6');
    const smallCrops = { count: 1, size: 5, scale: [0.1, 0.2] } as const;
    expect(start({ views: simclrViews({ smallCrops }) })).toThrow(
      'smallCrops.size is 5, but the images of numbered have 4x4 pixels; give at most 4',
    );
  });
});

function viewOf(batch: ViewBatch, index: number): Float32Array {
  const place = batch.indices.indexOf(index);
  const imageLength = batch.views[0].length / batch.indices.length;
  return batch.views[0].slice(place * imageLength, (place + 1) * imageLength);
}
