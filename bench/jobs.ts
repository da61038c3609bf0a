/**
 * `npm run bench:jobs`: a sweep of twelve trials, and the features of many images, one after the other and several at a time,
 * by the command line as a user calls it. Tells how much faster several are and whether they give the same results.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { processors, threadsOfEach } from '../src/engine/processors.js';
import { InputError, requireInteger } from '../src/errors.js';
import { type Measure, measureColumns } from '../src/experiments/columns.js';
import { type ResultRow, readResults, type SweepSpec, trialRun } from '../src/experiments/index.js';
import { rowsOf } from '../src/experiments/results.js';
import { median } from './median.js';

const usage = `npm run bench:jobs -- [options]
  --data NAME     images, as dcl-lab's --data; mnist by default
  --images N      so many to train on; 2000 by default
  --embedded N    so many to embed; 20000 by default
  --jobs N        trials, or parts of the features, at the same time; 4 by default
  --rounds N      turns of each; 3 by default`;

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

interface Options {
  readonly data: string;
  readonly images: number;
  readonly embedded: number;
  readonly jobs: number;
  readonly rounds: number;
}

/** The machine divided among jobs, each with as many threads. */
interface Division {
  readonly jobs: number;
  readonly threads: number;
}

interface Turn {
  readonly sweepSeconds: number;
  readonly embedSeconds: number;
  readonly rows: readonly ResultRow[];
  /** Of the features, by the name of the file. */
  readonly files: ReadonlyMap<string, Buffer>;
}

function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ data: text, images: text, embedded: text, jobs: text, rounds: text },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const numbers = {
    images: Number(values.images ?? 2000),
    embedded: Number(values.embedded ?? 20_000),
    jobs: Number(values.jobs ?? 4),
    rounds: Number(values.rounds ?? 3),
  };
  for (const [name, value] of Object.entries(numbers)) requireInteger(name, value);
  return { data: values.data ?? 'mnist', ...numbers };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  const divisions: Division[] = [
    { jobs: 1, threads: processors() },
    { jobs: 1, threads: threadsOfEach(options.jobs) },
    { jobs: options.jobs, threads: threadsOfEach(options.jobs) },
  ];
  const turns = divisions.map((): Turn[] => []);
  for (let round = 0; round < options.rounds; round++)
    for (const [place, division] of divisions.entries()) turns[place]!.push(await turn(options, division));
  report(options, divisions, turns);
}

async function turn(options: Options, { jobs, threads }: Division): Promise<Turn> {
  const folder = mkdtempSync(join(tmpdir(), 'dcl-lab-bench-'));
  const division = ['--jobs', `${jobs}`, '--threads', `${jobs * threads}`];
  try {
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(specOf(options)));
    const sweep = ['sweep', 'spec.json', '--output', 'sweep', ...division];
    const sweepSeconds = await seconds(folder, sweep);
    const rows = rowsOf(await readResults(join(folder, 'sweep'))).toSorted((a, b) =>
      a.key < b.key ? -1 : 1,
    );
    const images = ['--data', options.data, '--split', 'train', '--images', `${options.embedded}`];
    const embed = ['embed', trialRun('sweep', rows[0]!.key), ...images, '--output', 'features/', ...division];
    const embedSeconds = await seconds(folder, embed);
    const features = join(folder, 'features');
    const files = readdirSync(features).map((name) => [name, readFileSync(join(features, name))] as const);
    return { sweepSeconds, embedSeconds, rows, files: new Map(files) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function specOf({ data, images }: Options): SweepSpec {
  return {
    data,
    images,
    testImages: 1000,
    architecture: 'resnet18',
    width: 16,
    loss: ['infonce', 'dcl', 'dclw'],
    batchSize: 64,
    epochs: 2,
    linearEpochs: 10,
    seed: [1, 2, 3, 4],
  };
}

async function seconds(folder: string, args: readonly string[]): Promise<number> {
  const begin = performance.now();
  await promisify(execFile)(process.execPath, [program, ...args], { cwd: folder });
  return (performance.now() - begin) / 1000;
}

function report({ rounds }: Options, divisions: readonly Division[], turns: readonly Turn[][]): void {
  console.log(`${processors()} processors, ${rounds} rounds: seconds, median (fastest to slowest)`);
  const [first] = turns;
  for (const [place, { jobs, threads }] of divisions.entries()) {
    const these = turns[place]!;
    console.log(`\n${jobs} at a time with ${threads} thread${threads > 1 ? 's' : ''} each`);
    for (const [name, of] of [
      ['sweep', ({ sweepSeconds }: Turn) => sweepSeconds],
      ['embed', ({ embedSeconds }: Turn) => embedSeconds],
    ] as const) {
      const values = these.map(of);
      const faster = median(first!.map((turn, round) => of(turn) / of(these[round]!)));
      const spread = `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
      console.log(
        `  ${name}  ${median(values).toFixed(1)} (${spread}), ${faster.toFixed(2)} times as fast as the first`,
      );
    }
    for (const [other, division] of divisions.slice(0, place).entries())
      console.log(
        `  beside ${division.jobs} with ${division.threads}: ${differences(turns[other]![0]!, these[0]!)}`,
      );
  }
}

/** How far the results of two turns differ: accuracies in images of the test set, features by the byte. */
function differences(a: Turn, b: Turn): string {
  const largest = (of: Measure) =>
    Math.max(...a.rows.map((row, i) => Math.abs(row[of] - b.rows[i]![of]))).toPrecision(2);
  const names = Object.keys(measureColumns) as Measure[];
  const rows = a.rows.every(
    (row, i) => row.key === b.rows[i]!.key && names.every((of) => row[of] === b.rows[i]![of]),
  );
  const files =
    a.files.size === b.files.size && [...a.files].every(([name, bytes]) => b.files.get(name)?.equals(bytes));
  const told = rows ? 'rows equal' : names.map((of) => `${of} ${largest(of)}`).join(', ');
  return `${told}; features ${files ? 'equal to the last byte' : 'differ'}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
