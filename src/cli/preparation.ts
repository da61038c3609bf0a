/** What every command that computes on images shares: its options, and the work before its own. */
import { type Command, Option } from 'commander';
import {
  type Dataset,
  datasetNames,
  imagenette,
  load,
  readClassList,
  type Splits,
  subset,
} from '../data/index.js';
import { type UseOptions, use } from '../engine/index.js';
import { InputError } from '../errors.js';
import { progress } from '../notebook/index.js';
import { given, imageSize, wholeNumber } from './option-values.js';
import { skippedImages } from './skipped-images.js';

export interface PreparationOptions {
  readonly data?: string;
  readonly size?: readonly [number, number];
  readonly stream?: boolean;
  readonly classes?: string;
  readonly strict?: boolean;
  readonly images?: number;
  readonly engine?: UseOptions['name'];
  readonly device?: UseOptions['device'];
  readonly threads?: number;
}

/** @param images - what `--images` means to the command */
export function withPreparationOptions(command: Command, images: string): Command {
  return command
    .option(
      '--data <name or folder>',
      'mnist, cifar10, cifar100, imagenet, or a folder with train/CLASS/ and test/CLASS/, archives or shards',
    )
    .option('--size <HxW>', 'resize the images of a folder, such as 32x32 (streamed: 224x224)', imageSize)
    .option('--stream', 'read the images of a folder whenever they are needed, instead of into memory')
    .option('--classes <file>', 'keep the classes that a file lists, one a line, or those of imagenette')
    .option('--strict', 'fail on an image that cannot be read instead of skipping it')
    .option('--images <n>', images, wholeNumber)
    .addOption(
      new Option('--engine <name>', 'what computes')
        .choices(['auto', 'onnxruntime', 'tensorflow', 'cpu'])
        .default('auto'),
    )
    .addOption(new Option('--device <name>', 'where it computes').choices(['cpu', 'webgpu', 'cuda']))
    .option('--threads <n>', 'threads it computes with (default: one per core)', wholeNumber);
}

/** Starts the engine, says which one and why on standard error, and loads the data set. */
export async function prepare(options: PreparationOptions): Promise<Splits> {
  const { data, engine, device, threads } = options;
  if (data === undefined) throw new InputError(`Give --data: ${datasetNames.join(', ')} or a folder.`);
  const info = await use(given({ name: engine, device, threads }));
  console.error(`Engine: ${info.name} on ${info.device}, ${info.threads} threads (${info.reason})`);
  return loadData(data, options);
}

async function loadData(
  data: string,
  { size, stream, strict, classes: list }: PreparationOptions,
): Promise<Splits> {
  const skipped = skippedImages();
  // Streamed images are found to be unreadable while the command is at work.
  process.once('exit', skipped.tell);
  const classes = list === 'imagenette' ? imagenette : list && (await readClassList(list));
  try {
    return await load(data, {
      ...given({ size, stream, strict, classes: classes || undefined }),
      onSkip: skipped.add,
      onProgress: progress(`Reading ${data}`),
    });
  } finally {
    skipped.tell();
  }
}

/** A class-balanced part of the data set, or all of it where no number is given. */
export function part(dataset: Dataset, images: number | undefined, seed: number): Dataset {
  return images === undefined ? dataset : subset(dataset, images, { seed });
}
