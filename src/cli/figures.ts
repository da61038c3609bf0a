import { basename, extname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../errors.js';
import { type ArmSettings, arm, published, type Results, readResults } from '../experiments/index.js';
import {
  accuracyByBatchSize,
  accuracyByEpochs,
  accuracyByQueueSize,
  type Figure,
  learningRateSensitivity,
  temperatureSensitivity,
  variationInTraining,
} from '../figures/index.js';
import { progress, saveFigures } from '../notebook/index.js';

interface FiguresCommandOptions {
  readonly output: string;
  readonly format: readonly string[];
  readonly measure: 'knnTop1' | 'linearTop1';
  readonly where: ArmSettings;
  readonly published?: string;
}

const formats = ['png', 'svg', 'pdf'];

export function addFigures(program: Command): void {
  program
    .command('figures')
    .description(
      'Draw what a sweep measured, a figure for each setting that it varies, through an installed Chromium.',
    )
    .argument('<results>', "a sweep's folder, or its table as .csv or .arrow")
    .requiredOption('--output <folder>', 'where the pictures go')
    .option('--format <list>', `${formats.join(', ')}, or several with commas`, formatList, ['png'])
    .addOption(
      new Option('--measure <name>', 'accuracy to draw')
        .choices(['knnTop1', 'linearTop1'])
        .default('knnTop1'),
    )
    .option('--where <setting=value>', 'only trials with this setting; may be repeated', condition, {})
    .option('--published <data>', 'also draw what others published for cifar10, cifar100 or imagenet1k')
    .action(figuresFromCommandLine);
}

async function figuresFromCommandLine(path: string, options: FiguresCommandOptions): Promise<void> {
  const results = arm(await readResults(path), options.where);
  const figures = await drawable(results, options);
  const name = basename(path, extname(path));
  const files = Object.entries(figures).flatMap(([figure, spec]) =>
    options.format.map((format) => [join(options.output, `${name}-${figure}.${format}`), spec] as const),
  );
  await saveFigures(Object.fromEntries(files), { onProgress: progress('Drawing figures') });
  for (const [file] of files) console.log(file);
}

/** A figure for each factor of which the table has several values. */
async function drawable(
  results: Results,
  { measure, published: data }: FiguresCommandOptions,
): Promise<Record<string, Figure>> {
  const others = data === undefined ? {} : { published: await published(data) };
  const several = (factor: string) => new Set(results.array(factor)).size > 1;
  const figures = {
    ...(several('batchSize') && {
      'batch-size': accuracyByBatchSize(results, { measure, ...others }),
      variation: variationInTraining(results),
    }),
    ...(several('queueSize') && {
      'queue-size': accuracyByQueueSize(results, { measure }),
      variation: variationInTraining(results, { factor: 'queueSize' }),
    }),
    ...(several('epochs') && { epochs: accuracyByEpochs(results, { measure, ...others }) }),
    ...(several('temperature') && { temperature: temperatureSensitivity(results, { measure }) }),
    ...(several('learningRate') && { 'learning-rate': learningRateSensitivity(results, { measure }) }),
  };
  if (Object.keys(figures).length > 0) return figures;
  throw new InputError(
    'These trials have one batch size, queue size, number of epochs, temperature and learning rate; there is nothing to draw against.',
  );
}

function formatList(text: string): string[] {
  const chosen = text.split(',').map((format) => format.trim());
  const stray = chosen.find((format) => !formats.includes(format));
  if (stray !== undefined) throw new InvalidArgumentError(`"${stray}" is none of ${formats.join(', ')}.`);
  return chosen;
}

/** `batchSize=32` chooses by a number, `loss=dcl` by a text. */
function condition(text: string, earlier: ArmSettings): ArmSettings {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be SETTING=VALUE.');
  return { ...earlier, [name]: Number.isNaN(Number(value)) ? value : Number(value) };
}
