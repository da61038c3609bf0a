import { Command, Option } from 'commander';
import { embed, saveEmbeddings } from '../evaluate/index.js';
import { loadEncoder } from '../train/index.js';
import {
  type DataOptions,
  type EngineOptions,
  loadData,
  part,
  startEngine,
  wholeNumber,
  withDataOptions,
  withEngineOptions,
} from './options.js';
import { progressLine } from './progress-line.js';

interface EmbedCommandOptions extends DataOptions, EngineOptions {
  readonly split: 'train' | 'test';
  readonly images?: number;
  readonly output: string;
}

export function embedCommand(): Command {
  const command = new Command('embed')
    .description("Write an encoder's features of a data set, with their labels.")
    .argument('<run>', "a run's folder or checkpoint")
    .requiredOption('--output <file>', 'a .safetensors or .csv file');
  withDataOptions(command)
    .addOption(
      new Option('--split <name>', 'part of the data set').choices(['train', 'test']).default('test'),
    )
    .option('--images <n>', 'so many images, balanced over the classes (default: all)', wholeNumber);
  return withEngineOptions(command).action(embedFromCommandLine);
}

async function embedFromCommandLine(run: string, options: EmbedCommandOptions): Promise<void> {
  await startEngine(options);
  const encoder = await loadEncoder(run);
  const dataset = part((await loadData(options))[options.split], options.images, 1);
  const embeddings = await embed(encoder, dataset, { onProgress: progressLine(`Embedding ${dataset.name}`) });
  await saveEmbeddings(options.output, embeddings);
  console.log(`${options.output}: ${embeddings.count} images, ${embeddings.dimension} features`);
}
