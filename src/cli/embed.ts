import { type Command, Option } from 'commander';
import { embed, saveEmbeddings } from '../evaluate/index.js';
import { progress } from '../notebook/index.js';
import { loadEncoder } from '../train/index.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';

interface EmbedCommandOptions extends PreparationOptions {
  readonly split: 'train' | 'test';
  readonly output: string;
}

export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description("Write an encoder's features of a data set, with their labels.")
    .argument(
      '<run>',
      "a run's folder or checkpoint, or a ResNet trained elsewhere (.pth, .ckpt, .safetensors)",
    )
    .requiredOption('--output <file>', 'a .safetensors or .csv file');
  withPreparationOptions(command, 'so many images, balanced over the classes (default: all)')
    .addOption(
      new Option('--split <name>', 'part of the data set').choices(['train', 'test']).default('test'),
    )
    .action(embedFromCommandLine);
}

async function embedFromCommandLine(run: string, options: EmbedCommandOptions): Promise<void> {
  const splits = await prepare(options);
  const dataset = part(splits[options.split], options.images, 1);
  const encoder = await loadEncoder(run, { foreign: { inputShape: dataset.shape } });
  const embeddings = await embed(encoder, dataset, { onProgress: progress(`Embedding ${dataset.name}`) });
  await saveEmbeddings(options.output, embeddings);
  console.log(`${options.output}: ${embeddings.count} images, ${embeddings.dimension} features`);
}
