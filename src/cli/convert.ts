import { type Command, InvalidArgumentError } from 'commander';
import { use } from '../engine/index.js';
import type { Standardisation } from '../models/index.js';
import { progress } from '../notebook/index.js';
import { isForeign, loadEncoder } from '../train/index.js';
import { type LoadedResNet, type LoadResNetOptions, loadResNet, save } from '../weights/index.js';
import { given, imageSize } from './option-values.js';

interface ConvertCommandOptions {
  readonly output: string;
  readonly prefix?: string;
  readonly size?: readonly [height: number, width: number];
  readonly standardise?: 'imagenet' | 'none' | Standardisation;
  readonly ignoreUnknown?: boolean;
}

export function addConvert(program: Command): void {
  program
    .command('convert')
    .description(
      'Write an encoder for use elsewhere: of a run, or a ResNet of torchvision, lightly, solo-learn, MoCo or VISSL.',
    )
    .argument(
      '<source>',
      "a run's folder or checkpoint, or a file of weights (.pth, .pth.tar, .pt, .ckpt, .torch, .safetensors)",
    )
    .requiredOption(
      '--output <file>',
      "a .safetensors file with torchvision's names, an .onnx file, or, without extension, a folder of TensorFlow.js",
    )
    .option('--prefix <text>', 'which of several ResNets in a file, such as state_dict.module.encoder_k')
    .option(
      '--size <HxW>',
      'height and width of the images (default: 224x224, or 32x32 for a 3x3 kernel)',
      imageSize,
    )
    .option(
      '--standardise <how>',
      'what the ResNet expects of pixels in [0, 1]: imagenet (default), none, or MEAN,.../DEVIATION,... of each channel',
      standardisation,
    )
    .option(
      '--ignore-unknown',
      'read past whatever a PyTorch file holds beside tensors and plain values; nothing is executed',
    )
    .action(convertFromCommandLine);
}

async function convertFromCommandLine(source: string, options: ConvertCommandOptions): Promise<void> {
  await use({ name: 'cpu' });
  if (await isForeign(source)) {
    const loaded = await loadResNet(source, {
      ...foreignOptions(options),
      onProgress: progress(`Reading ${source}`),
    });
    for (const line of descriptionOf(source, loaded)) console.log(line);
    await save(loaded.encoder, options.output);
  } else await save(await loadEncoder(source), options.output);
  console.log(`Written to ${options.output}.`);
}

function foreignOptions({
  prefix,
  size,
  standardise,
  ignoreUnknown,
}: ConvertCommandOptions): LoadResNetOptions {
  return {
    ...given({ prefix, standardise }),
    ...(size === undefined ? {} : { inputShape: [...size, 3] as const }),
    ...(ignoreUnknown ? { unknown: 'ignore' } : {}),
  };
}

function descriptionOf(
  source: string,
  { encoder, project, prefix, standardisation, unused }: LoadedResNet,
): string[] {
  const pixels =
    standardisation === undefined
      ? 'are taken as they are'
      : `are standardised by mean ${standardisation.mean} and deviation ${standardisation.deviation}`;
  const names = project === undefined ? '' : `, named as in ${project}`;
  return [
    `${source}: a ${encoder.name} under "${prefix}"${names}; pixels from 0 to 1 ${pixels}.`,
    ...(unused.length === 0 ? [] : [`Not used: ${grouped(unused)}.`]),
  ];
}

/** The names' first two parts, with how many tensors each has. */
function grouped(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const parts = name.split('.');
    const group = parts.slice(0, Math.max(1, Math.min(2, parts.length - 1))).join('.');
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...counts]
    .map(([group, count]) => (count === 1 ? group : `${group} (${count} tensors)`))
    .join(', ');
}

/** Reads `imagenet`, `none` or `0.5,0.5,0.5/0.2,0.2,0.2`. */
function standardisation(text: string): 'imagenet' | 'none' | Standardisation {
  if (text === 'imagenet' || text === 'none') return text;
  const [mean = [], deviation = []] = text.split('/').map((list) => list.split(',').map(Number));
  if (mean.length > 0 && mean.length === deviation.length) return { mean, deviation };
  throw new InvalidArgumentError('It must be imagenet, none, or MEAN,.../DEVIATION,...');
}
