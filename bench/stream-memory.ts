/**
 * `tsx bench/stream-memory.ts [--images N] [--files N] [--threads N]`: memory while views are made of a large data set. Of
 * so many files, 2000 by default, of ImageNet's sizes, each is read as often as it takes to reach 20,000 images.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { imagenetViews, streamed, viewBatches } from '../src/data/index.js';
import { requireInteger } from '../src/errors.js';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { listedFiles } from './listed-files.js';
import { writeImages } from './synthetic-images.js';

const batchSize = 64;

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { images: text, files: text, threads: text } });
  const images = Number(values.images ?? 20_000);
  const files = Number(values.files ?? 2000);
  const threads = Number(values.threads ?? availableParallelism());
  requireInteger('images', images, 10 * batchSize);
  requireInteger('files', files);
  requireInteger('threads', threads);
  await inTemporaryFolder(async (folder) => {
    const paths = await writeImages(folder, files);
    const all = Array.from({ length: images }, (_, index) => paths[index % files]!);
    await stream(all, threads);
  });
}

/** Tells the resident memory after each tenth of the images. */
async function stream(paths: readonly string[], threads: number): Promise<void> {
  const dataset = streamed(listedFiles(paths));
  const steps = Math.floor(paths.length / batchSize);
  let tenth = 1;
  const begin = performance.now();
  const options = { dataset, views: imagenetViews(), batchSize, seed: 1, epoch: 0, threads };
  for await (const { step } of viewBatches(options)) {
    if (step + 1 < (tenth * steps) / 10) continue;
    // A batch that has been dropped counts until it is collected, which `node --expose-gc` does at once.
    globalThis.gc?.();
    const megabytes = process.memoryUsage.rss() / 1e6;
    const rate = ((step + 1) * batchSize * 1000) / (performance.now() - begin);
    console.log(
      `${10 * tenth} % of ${paths.length} images: ${megabytes.toFixed(0)} MB resident, ${rate.toFixed(1)} images/s`,
    );
    tenth += 1;
  }
}

await main();
