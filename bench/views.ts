/**
 * `npm run bench:views`: decoding and two views of SimCLR's ImageNet recipe at 224 pixels, by this library and by
 * torchvision, on the same files and as many threads or processes. They take turns in one run.
 */
import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InputError, requireInteger } from '../src/errors.js';
import { Contestant } from './contestant.js';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { median } from './median.js';
import { python, pytorchFailure } from './pytorch.js';
import { spread } from './spread.js';
import { writeImages } from './synthetic-images.js';
import { batchSize, type ViewsRequest, type ViewsTimed } from './views-protocol.js';

const usage = `npm run bench:views -- [options]
  --images FOLDER  JPEG files, in any folders of it; by default 256 made for the purpose
  --threads N      threads or processes of each; as many as the machine runs in parallel by default
  --rounds N       turns of each; 5 by default`;

interface Options {
  readonly images: string | undefined;
  readonly threads: number;
  readonly rounds: number;
}

function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { images: text, threads: text, rounds: text, help: { type: 'boolean' } },
  });
  if (values.help) return undefined;
  const threads = Number(values.threads ?? availableParallelism());
  const rounds = Number(values.rounds ?? 5);
  requireInteger('threads', threads);
  requireInteger('rounds', rounds);
  return { images: values.images, threads, rounds };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  await inTemporaryFolder((folder) => bench(options, folder));
}

async function bench({ images, threads, rounds }: Options, folder: string): Promise<void> {
  const paths = await filesOf(images, folder);
  const list = join(folder, 'list.json');
  writeFileSync(list, JSON.stringify(paths));
  const contestants = contestantsOf(list, threads);
  const decoding = contestants.map((): number[] => []);
  const making = contestants.map((): number[] => []);
  try {
    // A first round warms up; it is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const [place, contestant] of contestants.entries()) {
        const decode = await seconds(contestant, 'decode');
        const views = await seconds(contestant, 'views');
        if (round === 0) continue;
        decoding[place]!.push((1000 * decode) / paths.length);
        making[place]!.push((paths.length - (paths.length % batchSize)) / views);
      }
    }
  } finally {
    for (const contestant of contestants) contestant.stop();
  }
  console.log(`${paths.length} images, ${threads} threads or processes each, ${rounds} rounds\n`);
  for (const [place, { name }] of contestants.entries()) {
    const rates = making[place]!;
    console.log(
      `${name.padEnd(12)} ${spread(rates, 1)} images/s, ` +
        `decoding alone ${median(decoding[place]!).toFixed(2)} ms an image`,
    );
  }
  const [ours, theirs] = making;
  if (!theirs) return;
  const ratios = ours!.map((rate, round) => rate / theirs[round]!);
  console.log(`ratio        ${spread(ratios, 2)}`);
}

async function filesOf(images: string | undefined, folder: string): Promise<string[]> {
  if (images === undefined) return writeImages(join(folder, 'images'), 4 * batchSize);
  const entries = await readdir(images, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile() && /\.jpe?g$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (found.length === 0) throw new InputError(`${images} has no JPEG files`);
  // Few files are taken several times, so that a turn takes seconds.
  const times = Math.ceil((4 * batchSize) / found.length);
  return Array(times).fill(found).flat();
}

function contestantsOf(list: string, threads: number): Contestant[] {
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const script = ['--import', 'tsx', here('views-contestant.ts'), list, `${threads}`];
  const contestants = [new Contestant({ name: 'dcl-lab', program: process.execPath, parameters: script })];
  const failure = pytorchFailure('torchvision');
  if (failure === undefined) {
    const parameters = ['-B', '-W', 'ignore', here('views.py'), list, `${threads}`];
    contestants.push(new Contestant({ name: 'torchvision', program: python, parameters }));
  } else {
    console.error(`torchvision is not measured: ${failure}.`);
  }
  return contestants;
}

async function seconds(contestant: Contestant, command: ViewsRequest['command']): Promise<number> {
  const request: ViewsRequest = { command };
  return (await contestant.ask<ViewsTimed>(request)).seconds;
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
