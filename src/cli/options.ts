/** Options that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Dataset, type LoadProgress, load, type Splits, subset } from '../data/index.js';
import { type EngineInfo, type UseOptions, use } from '../engine/index.js';
import { progressLine } from './progress-line.js';

/** Reads `--name 12`. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** Reads `--name 0.1`. */
export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** Reads `--name 32x32`, height first. */
export function imageSize(text: string): readonly [number, number] {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (!height || !width) throw new InvalidArgumentError('It must be HEIGHTxWIDTH, such as 32x32.');
  return [Number(height), Number(width)];
}

export interface EngineOptions {
  readonly engine?: UseOptions['name'];
  readonly device?: UseOptions['device'];
  readonly threads?: number;
}

export function withEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'what computes')
        .choices(['auto', 'onnxruntime', 'tensorflow', 'cpu'])
        .default('auto'),
    )
    .addOption(new Option('--device <name>', 'where it computes').choices(['cpu', 'webgpu', 'cuda']))
    .option('--threads <n>', 'threads it computes with (default: one per core)', wholeNumber);
}

/** Starts the engine and says which one and why on standard error. */
export async function startEngine({ engine, device, threads }: EngineOptions): Promise<EngineInfo> {
  const info = await use({
    ...(engine && { name: engine }),
    ...(device && { device }),
    ...(threads && { threads }),
  });
  console.error(`Engine: ${info.name} on ${info.device}, ${info.threads} threads (${info.reason})`);
  return info;
}

export interface DataOptions {
  readonly data: string;
  readonly size?: readonly [number, number];
  readonly strict?: boolean;
}

export function withDataOptions(command: Command): Command {
  return command
    .requiredOption(
      '--data <name or folder>',
      'mnist, cifar10, cifar100, or a folder with train/CLASS/ and test/CLASS/',
    )
    .option('--size <HxW>', 'resize the images of a folder, such as 32x32', imageSize)
    .option('--strict', 'fail on an image that cannot be read instead of skipping it');
}

export function loadData({ data, size, strict }: DataOptions): Promise<Splits> {
  return load(data, {
    ...(size && { size }),
    ...(strict && { strict }),
    onProgress: showLoading(data),
  });
}

function showLoading(data: string): (event: LoadProgress) => void {
  const downloading = progressLine(`Downloading ${data} (bytes)`);
  const decoding = progressLine(`Reading ${data}`);
  return (event) => {
    if (event.type === 'decode') decoding(event.done, event.total);
    else if (event.total !== undefined) downloading(event.received, event.total);
  };
}

/** A class-balanced part of the data set, or all of it where no number is given. */
export function part(dataset: Dataset, images: number | undefined, seed: number): Dataset {
  return images === undefined ? dataset : subset(dataset, images, { seed });
}
