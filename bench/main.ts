/**
 * `npm run bench`: this library beside PyTorch and the other engines of TensorFlow.js. Each computes in a process of its
 * own with the same network, weights and images, and they take turns in one run.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as engine from '../src/engine/index.js';
import { InputError, requireInteger, requireOneOf } from '../src/errors.js';
import { type Case, cases, type Engine, engines, titleOf } from './cases.js';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { measure, type Turns } from './measure.js';
import { writeNetwork } from './network.js';
import { peaks } from './peak.js';
import { pytorchFailure } from './pytorch.js';
import { table } from './table.js';

const usage = `npm run bench -- [options]
  --case TEXT     only cases whose title contains the text, such as "embed resnet50"
  --engines LIST  who takes part, such as onnxruntime,pytorch; of ${engines.join(', ')}
  --threads N     threads of each; as many as the machine runs in parallel by default
  --rounds N      turns of each; 5 by default
  --steps N       steps of one turn; 2 by default`;

interface Options extends Turns {
  readonly cases: readonly Case[];
  /** Who takes part in every case; as each case says if left out. */
  readonly engines: readonly Engine[] | undefined;
}

function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      case: text,
      engines: text,
      threads: text,
      rounds: text,
      steps: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const options = {
    cases: cases.filter((each) => titleOf(each).includes(values.case ?? '')),
    engines: values.engines?.split(',').map(asEngine),
    threads: Number(values.threads ?? availableParallelism()),
    rounds: Number(values.rounds ?? 5),
    steps: Number(values.steps ?? 2),
  };
  for (const name of ['threads', 'rounds', 'steps'] as const) requireInteger(name, options[name]);
  if (options.cases.length === 0) {
    throw new InputError(`No case contains "${values.case}": there are\n${cases.map(titleOf).join('\n')}`);
  }
  return options;
}

function asEngine(name: string): Engine {
  requireOneOf('engine', name, engines);
  return name as Engine;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  const failure = pytorchFailure();
  if (failure !== undefined) console.error(`PyTorch is not measured: ${failure}.`);
  const available = engines.filter((name) => name !== 'pytorch' || failure === undefined);
  const peak = await reportPeak(available, options.threads);
  await inTemporaryFolder(async (folder) => {
    for (const each of options.cases) await reportCase(each, available, options, peak, folder);
  });
}

async function reportPeak(available: readonly Engine[], threads: number): Promise<number> {
  const both = available.filter((name) => name === 'onnxruntime' || name === 'pytorch');
  const rates = await peaks(both, threads);
  const texts = [...rates].map(([name, rate]) => `${name} ${(rate / 1e9).toFixed(0)}`);
  console.log(`Fastest float32 matrix product on ${threads} threads, GFLOP/s: ${texts.join(', ')}`);
  return Math.max(...rates.values());
}

async function reportCase(
  each: Case,
  available: readonly Engine[],
  options: Options,
  peak: number,
  folder: string,
): Promise<void> {
  const file = join(folder, 'weights.safetensors');
  await engine.use({ name: 'cpu' });
  const network = writeNetwork(each, file);
  const chosen = (options.engines ?? each.engines).filter((name) => available.includes(name));
  const measurements = await measure(each, { ...network, file }, chosen, options);
  console.log(`\n${titleOf(each)} (${(network.operations / 1e9).toFixed(1)} GFLOP a step)\n`);
  console.log(table(measurements, { case: each, operations: network.operations, peak }));
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
