import type { Command } from 'commander';
import { use } from '../engine/index.js';
import { progress } from '../notebook/index.js';
import { isForeign, loadEncoder } from '../train/index.js';
import { type LoadedResNet, loadResNet, save } from '../weights/index.js';
import { type ForeignOptions, foreignOptions, withForeignOptions } from './foreign-options.js';
import { imageSize } from './option-values.js';

interface ConvertCommandOptions extends ForeignOptions {
  readonly output: string;
  readonly size?: readonly [height: number, width: number];
}

export function addConvert(program: Command): void {
  const command = program
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
    .option(
      '--size <HxW>',
      'height and width of the images (default: 224x224, or 32x32 for a 3x3 kernel)',
      imageSize,
    );
  withForeignOptions(command).action(convertFromCommandLine);
}

async function convertFromCommandLine(source: string, options: ConvertCommandOptions): Promise<void> {
  await use({ name: 'cpu' });
  if (await isForeign(source)) {
    const loaded = await loadResNet(source, {
      ...foreignOptions(options),
      ...(options.size && { inputShape: [...options.size, 3] as const }),
      onProgress: progress(`Reading ${source}`),
    });
    for (const line of descriptionOf(source, loaded)) console.log(line);
    await save(loaded.encoder, options.output);
  } else await save(await loadEncoder(source), options.output);
  console.log(`Written to ${options.output}.`);
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
