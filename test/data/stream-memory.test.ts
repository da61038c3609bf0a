import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/**
 * Streams views of 600 files in a process of its own, 128 x 128 pixels each: 400 images that were kept would take 160 MB,
 * their files and pixels 120 MB more.
 */
const script = `
  import sharp from 'sharp';
  import { imagenetViews, streamed, viewBatches } from './src/data/index.ts';
  const noise = (number) => ({ type: 'gaussian', mean: 128, sigma: 20 + (number % 50) });
  const files = [];
  for (let number = 0; number < 20; number++) {
    const create = { width: 320, height: 240, channels: 3, background: 'gray', noise: noise(number) };
    files.push(await sharp({ create }).jpeg().toBuffer());
  }
  const source = {
    name: 'noise', length: 600, classes: ['any'], labels: new Int32Array(600),
    locationOf: (index) => 'file ' + index,
    // A file of its own for each image, as if it came from a disk.
    read: async (index) => new Uint8Array(files[index % files.length]),
    close: async () => {},
  };
  const dataset = streamed(source, { size: 128 });
  const resident = [];
  const options = { dataset, views: imagenetViews(), batchSize: 20, seed: 1, epoch: 0, threads: 2 };
  for await (const { step } of viewBatches(options)) {
    if ((step + 1) % 10 !== 0) continue;
    gc();
    resident.push(process.memoryUsage.rss() / 1e6);
  }
  console.log(JSON.stringify(resident));
`;

test('memory does not grow after the first third of 600 files', async () => {
  const parameters = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, {
    cwd: new URL('../..', import.meta.url),
  });
  const [third, twoThirds, end] = JSON.parse(stdout) as number[];
  expect(twoThirds! - third!).toBeLessThan(60);
  expect(end! - third!).toBeLessThan(60);
});
