/**
 * `npm run bench:evaluation`: kNN and linear evaluation on features as wide as a ResNet-50's, by this library and by
 * PyTorch, on the same features and as many threads. They take turns in one run.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InputError, requireInteger } from '../src/errors.js';
import { Contestant } from './contestant.js';
import type { EvaluationRequest, EvaluationTimed, FeatureFiles } from './evaluation-protocol.js';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { python, pytorchFailure } from './pytorch.js';
import { spread } from './spread.js';

const usage = `npm run bench:evaluation -- [options]
  --rows N       labelled features; 32768 by default
  --queries N    features to classify; 4096 by default
  --dimension N  of the features; 2048 by default
  --classes N    1000 by default
  --threads N    of each; as many as the machine runs in parallel by default
  --rounds N     turns of each; 5 by default`;

const commands = ['knn', 'linear'] as const;

interface Options extends Omit<FeatureFiles, 'memory' | 'queries'> {
  readonly rounds: number;
}

function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ rows: text, queries: text, dimension: text, classes: text, threads: text, rounds: text },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const options = {
    rows: Number(values.rows ?? 32_768),
    asked: Number(values.queries ?? 4096),
    dimension: Number(values.dimension ?? 2048),
    classes: Number(values.classes ?? 1000),
    threads: Number(values.threads ?? availableParallelism()),
    rounds: Number(values.rounds ?? 5),
  };
  for (const [name, value] of Object.entries(options)) requireInteger(name, value);
  return options;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  await inTemporaryFolder((folder) => bench(options, folder));
}

type Command = EvaluationRequest['command'];
type Replies = Readonly<Record<Command, EvaluationTimed[]>>;

async function bench({ rounds, ...sizes }: Options, folder: string): Promise<void> {
  const files = { ...sizes, memory: join(folder, 'memory.f32'), queries: join(folder, 'queries.f32') };
  writeFileSync(files.memory, featuresOf(sizes.rows, 0, sizes));
  writeFileSync(files.queries, featuresOf(sizes.asked, sizes.rows, sizes));
  const contestants = contestantsOf(files);
  const replies = contestants.map((): Replies => ({ knn: [], linear: [] }));
  try {
    // A first round warms up; it is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const command of commands) {
        for (const [place, contestant] of contestants.entries()) {
          const request: EvaluationRequest = { command };
          const reply = await contestant.ask<EvaluationTimed>(request);
          if (round > 0) replies[place]![command].push(reply);
        }
      }
    }
  } finally {
    for (const contestant of contestants) contestant.stop();
  }
  const { rows, asked, dimension, classes, threads } = sizes;
  const what = `${rows} features of ${dimension}, ${asked} queries, ${classes} classes`;
  console.log(`${what}, ${threads} threads, ${rounds} rounds`);
  report('knn', 'million pairs/s', (rows * asked) / 1e6, contestants, replies);
  report('linear', 'rows/s', rows, contestants, replies);
}

/** @param count - of what the unit names, in one reply */
function report(
  command: Command,
  unit: string,
  count: number,
  contestants: readonly Contestant[],
  replies: readonly Replies[],
): void {
  console.log(`\n${command}`);
  for (const [place, { name }] of contestants.entries()) {
    const these = replies[place]![command];
    const rates = these.map(({ seconds }) => count / seconds);
    const result = command === 'knn' ? 'top-1' : 'cross-entropy';
    console.log(`  ${name.padEnd(8)} ${spread(rates, 1)} ${unit}, ${result} ${these[0]!.result.toFixed(4)}`);
  }
  const [ours, theirs] = replies.map((each) => each[command]);
  if (!theirs) return;
  const ratios = ours!.map(({ seconds }, round) => theirs[round]!.seconds / seconds);
  console.log(`  ratio    ${spread(ratios, 2)}`);
}

function contestantsOf(files: FeatureFiles): Contestant[] {
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const script = ['--import', 'tsx', here('evaluation-contestant.ts'), JSON.stringify(files)];
  const contestants = [new Contestant({ name: 'dcl-lab', program: process.execPath, parameters: script })];
  const failure = pytorchFailure();
  if (failure === undefined) {
    const parameters = ['-B', '-W', 'ignore', here('evaluation.py'), JSON.stringify(files)];
    contestants.push(new Contestant({ name: 'PyTorch', program: python, parameters }));
  } else {
    console.error(`PyTorch is not measured: ${failure}.`);
  }
  return contestants;
}

/** Features that cluster by class, with the noise of other rows for each set. */
function featuresOf(
  count: number,
  firstRow: number,
  { dimension, classes }: Pick<Options, 'dimension' | 'classes'>,
): Float32Array {
  return Float32Array.from({ length: count * dimension }, (_, i) => {
    const [row, column] = [Math.floor(i / dimension), i % dimension];
    const centre = noise((row % classes) * dimension + column);
    return 0.15 * centre + noise(classes * dimension + firstRow * dimension + i);
  });
}

/** From -1 to 1, the same for the same number. */
function noise(n: number): number {
  let bits = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) / 2 ** 31;
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
