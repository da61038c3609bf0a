/**
 * `npm run bench [-- --threads 2 --rounds 5]`: pairs/s of whole DCL training steps, from the views to the updated
 * weights, by this library and by PyTorch. Both have the same network, weights and images, and take turns in one run.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import * as engine from '../src/engine/index.js';
import { InputError, requireInteger } from '../src/errors.js';
import { type Case, learningRate, OurStep, temperature } from './our-step.js';
import { PyTorch } from './pytorch.js';

const cases: readonly Case[] = [
  { architecture: 'resnet8', stages: [1, 1, 1], width: 16, images: 128 },
  { architecture: 'resnet18', stages: [2, 2, 2, 2], width: 16, images: 128 },
  { architecture: 'resnet18', stages: [2, 2, 2, 2], width: 64, images: 32 },
];

const layouts = ['contiguous', 'channels-last'] as const;

/** Steps of one turn. */
const steps = 2;

/** One of those who take turns. */
interface Contestant {
  readonly name: string;
  readonly firstLoss: number;
  /** Takes so many steps. @returns the seconds they took */
  run(steps: number): Promise<number>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { threads: { type: 'string' }, rounds: { type: 'string' } } });
  const threads = Number(values.threads ?? availableParallelism());
  const rounds = Number(values.rounds ?? 5);
  requireInteger('rounds', rounds);
  await engine.use({ name: 'onnxruntime', threads });
  const pytorch = startPyTorch();
  for (const each of cases) {
    const ours = new OurStep(each);
    const rates = await takeTurns(await contestants(each, ours, pytorch, threads), each.images, rounds);
    console.log(
      [`${each.architecture} width ${each.width}, batch ${each.images}`, ...table(rates)].join('\n'),
    );
    ours.dispose();
  }
  for (const process of pytorch) process.stop();
}

/** One process for each memory layout; none where PyTorch cannot be had. */
function startPyTorch(): PyTorch[] {
  try {
    return layouts.map(() => PyTorch.start());
  } catch (error) {
    console.error(`PyTorch is not measured. ${(error as Error).message}`);
    return [];
  }
}

/** Ours first. @throws Error unless all have the same network, as its size and the first loss tell */
async function contestants(
  each: Case,
  ours: OurStep,
  pytorch: PyTorch[],
  threads: number,
): Promise<Contestant[]> {
  const start = { ...each, ...ours.weights(), head: ours.head, learningRate, temperature, threads };
  const theirs: Contestant[] = [];
  for (const [i, process] of pytorch.entries()) {
    const { parameters, firstLoss, version } = await process.prepare({ ...start, layout: layouts[i] });
    requireEqual('number of parameters', parameters, ours.parameters);
    theirs.push({ name: `PyTorch ${version} ${layouts[i]}`, firstLoss, run: (n) => process.run(n) });
  }
  const firstLoss = await ours.run(1);
  for (const other of theirs) requireEqual('first loss', other.firstLoss, firstLoss);
  return [{ name: 'dcl-lab', firstLoss, run: (n) => seconds(() => ours.run(n)) }, ...theirs];
}

function requireEqual(what: string, theirs: number, ours: number): void {
  if (Math.abs(theirs - ours) < 1e-3) return;
  throw new Error(`PyTorch does not train the same network: its ${what} is ${theirs}, ours ${ours}.`);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

interface Result {
  readonly contestant: Contestant;
  /** Pairs/s of each round. */
  readonly rates: readonly number[];
}

/** A first round warms up; it is not counted. */
async function takeTurns(all: readonly Contestant[], images: number, rounds: number): Promise<Result[]> {
  const results = all.map((contestant) => ({ contestant, rates: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const { contestant, rates } of results) {
      const rate = (images * steps) / (await contestant.run(steps));
      if (round > 0) rates.push(rate);
    }
  }
  return results;
}

/** One line each: median, slowest and fastest round, share of the faster layout of PyTorch, loss of the first step. */
function table(results: readonly Result[]): string[] {
  const mark = Math.max(...results.slice(1).map(({ rates }) => median(rates)));
  return results.map(({ contestant, rates }) => {
    const share = Number.isFinite(mark) ? `${(median(rates) / mark).toFixed(2)} x` : '';
    const columns = [
      contestant.name.padEnd(34),
      `${median(rates).toFixed(1)} pairs/s`.padStart(15),
      `(${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)})`.padStart(18),
      share.padStart(8),
      `first loss ${contestant.firstLoss.toFixed(4)}`.padStart(20),
    ];
    return `  ${columns.join(' ')}`;
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
