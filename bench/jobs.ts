/**
 * `npm run bench:jobs`: a sweep of twelve trials, and the features of many images, one after the other and several at a time,
 * by the command line as a user calls it. Tells how much faster several are and whether they give the same results.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { processors, threadsOfEach } from '../src/engine/processors.js';
import { InputError, requireInteger } from '../src/errors.js';
import { type Measure, measureColumns } from '../src/experiments/columns.js';
import { type ResultRow, readResults, type SweepSpec, trialRun } from '../src/experiments/index.js';
import { rowsOf } from '../src/experiments/results.js';
import { median } from './median.js';
import { spread } from './spread.js';

const usage = `npm run bench:jobs -- [options]
  --data NAME     images, as dcl-lab's --data; mnist by default
  --images N      so many to train on; 2000 by default
  --embedded N    so many to embed; 20000 by default
  --jobs N        trials, or parts of the features, at the same time; 4 by default
  --slurm OPTION  does it by a Slurm cluster as well, with an option of sbatch such as cpus-per-task=1; may be repeated
  --rounds N      turns of each; 3 by default`;

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

interface Options {
  readonly data: string;
  readonly images: number;
  readonly embedded: number;
  readonly jobs: number;
  readonly slurm: readonly string[];
  readonly rounds: number;
}

/** A way to share the work. */
interface Division {
  readonly name: string;
  /** Options of both commands. */
  readonly options: readonly string[];
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
      slurm: { type: 'string', multiple: true },
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
  return { data: values.data ?? 'mnist', slurm: values.slurm ?? [], ...numbers };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  const divisions = divisionsOf(options);
  const turns = divisions.map((): Turn[] => []);
  for (let round = 0; round < options.rounds; round++)
    for (const [place, division] of divisions.entries()) turns[place]!.push(await turn(options, division));
  report(options, divisions, turns);
}

function divisionsOf({ jobs, slurm }: Options): Division[] {
  const local = (jobs: number, threads: number) => ({
    name: `${jobs} at a time, threads of each: ${threads}`,
    options: ['--jobs', `${jobs}`, '--threads', `${jobs * threads}`],
  });
  const fewer = threadsOfEach(jobs);
  const divisions = [local(1, processors()), local(1, fewer), local(jobs, fewer)];
  if (slurm.length === 0) return divisions;
  const options = ['--executor', 'slurm', ...slurm.flatMap((option) => ['--slurm', option])];
  return [...divisions, { name: `by Slurm with ${slurm.join(', ')}`, options }];
}

async function turn(options: Options, division: Division): Promise<Turn> {
  // Where a cluster's nodes find the clone they find this.
  mkdirSync('runs', { recursive: true });
  const folder = mkdtempSync(resolve('runs', 'bench-jobs-'));
  try {
    writeFileSync(join(folder, 'spec.json'), JSON.stringify(specOf(options)));
    const sweep = ['sweep', 'spec.json', '--output', 'sweep', ...division.options];
    const sweepSeconds = await seconds(folder, sweep);
    const rows = rowsOf(await readResults(join(folder, 'sweep'))).toSorted((a, b) =>
      a.key < b.key ? -1 : 1,
    );
    const images = ['--data', options.data, '--split', 'train', '--images', `${options.embedded}`];
    const embed = ['embed', trialRun('sweep', rows[0]!.key), ...images, '--output', 'features/'];
    const shards = division.options.includes('slurm') ? ['--shards', `${options.jobs}`] : [];
    const embedSeconds = await seconds(folder, [...embed, ...division.options, ...shards]);
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
  for (const [place, { name }] of divisions.entries()) {
    const these = turns[place]!;
    console.log(`\n${name}`);
    for (const [name, of] of [
      ['sweep', ({ sweepSeconds }: Turn) => sweepSeconds],
      ['embed', ({ embedSeconds }: Turn) => embedSeconds],
    ] as const) {
      const values = these.map(of);
      const faster = median(first!.map((turn, round) => of(turn) / of(these[round]!)));
      console.log(`  ${name}  ${spread(values, 1)}, ${faster.toFixed(2)} times as fast as the first`);
    }
    for (const [other, division] of divisions.slice(0, place).entries())
      console.log(`  beside ${division.name}: ${differences(turns[other]![0]!, these[0]!)}`);
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
