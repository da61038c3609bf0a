import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { embed, saveEmbeddings } from '../evaluate/index.js';
import { progress } from '../notebook/index.js';
import { loadEncoder } from '../train/index.js';
import { extracted } from './features.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';

interface EmbedCommandOptions extends PreparationOptions {
  readonly split: 'train' | 'test';
  readonly output: string;
}

export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description(
      "Write an encoder's features of a data set, with their labels; into a folder, the command can be interrupted and goes on.",
    )
    .argument(
      '<run>',
      "a run's folder or checkpoint, or a ResNet trained elsewhere (.pth, .ckpt, .safetensors)",
    )
    .requiredOption(
      '--output <file or folder>',
      'a .safetensors or .csv file, or a folder for features of any number of images',
    );
  withPreparationOptions(command, 'so many images, balanced over the classes (default: all)')
    .addOption(
      new Option('--split <name>', 'part of the data set').choices(['train', 'test']).default('test'),
    )
    .action(embedFromCommandLine);
}

async function embedFromCommandLine(run: string, options: EmbedCommandOptions): Promise<void> {
  const { output } = options;
  const splits = await prepare(options);
  const dataset = part(splits[options.split], options.images, 1);
  const encoder = await loadEncoder(run, { foreign: { inputShape: dataset.shape } });
  const { count, dimension } = await (extname(output) === '' ? intoFolder() : intoFile());
  console.log(`${output}: ${count} images, ${dimension} features`);

  async function intoFolder() {
    const features = await extracted(encoder, dataset, output, run);
    await features.close();
    return features;
  }

  async function intoFile() {
    const features = await embed(encoder, dataset, { onProgress: progress(`Embedding ${dataset.name}`) });
    await saveEmbeddings(output, features);
    return features;
  }
}
