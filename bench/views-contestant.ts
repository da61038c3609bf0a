/** `views-contestant.ts LIST THREADS`: this library as a contestant of views.ts, over the image files that the list names. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { decodeFile } from '../src/data/decode-image.js';
import { type ImageSource, imagenetViews, streamed, viewBatches } from '../src/data/index.js';
import { requireThreads } from '../src/data/view-pool.js';
import { listedFiles } from './listed-files.js';
import { batchSize, type ViewsRequest, type ViewsTimed } from './views-protocol.js';

async function views(source: ImageSource, epoch: number, threads: number): Promise<void> {
  const settings = { views: imagenetViews(), batchSize, seed: 1, epoch, threads };
  for await (const { views } of viewBatches({ dataset: streamed(source), ...settings })) {
    if (views[0].length !== views[1].length) throw new Error('The two views differ in size');
  }
}

async function decode(source: ImageSource): Promise<void> {
  for (let index = 0; index < source.length; index++) await decodeFile(await source.read(index), 3);
}

async function main(): Promise<void> {
  const [list, threads] = process.argv.slice(2);
  const source = listedFiles(JSON.parse(readFileSync(list!, 'utf8')));
  let epoch = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const { command }: ViewsRequest = JSON.parse(line);
    const begin = performance.now();
    if (command === 'views') await views(source, epoch++, requireThreads(Number(threads)));
    else await decode(source);
    const reply: ViewsTimed = { seconds: (performance.now() - begin) / 1000 };
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

await main();
