import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { use } from '../engine/index.js';
import { InputError } from '../errors.js';
import { names as lossNames } from '../losses/index.js';
import { names as methodNames } from '../methods/index.js';
import {
  type RecipeName,
  recipe,
  recipeNames,
  saveInitialWeights,
  type TorchPretraining,
  torchPretrainingOf,
  torchPretrainingOfRun,
  torchScript,
} from '../train/index.js';
import { decimal, given, wholeNumber } from './option-values.js';

interface PretrainingOptions {
  readonly torch: readonly string[];
  readonly loss?: string;
  readonly method?: string;
  readonly queueSize?: number;
  readonly keyMomentum?: number;
}

interface ExportCommandOptions extends PretrainingOptions {
  readonly output: string;
  readonly initial?: string;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description('Write a pretraining as one PyTorch script for many GPUs, to be started by torchrun.')
    .requiredOption(
      '--torch <run or recipe...>',
      `a run's folder, or a recipe: ${recipeNames.join(', ')}; from a second recipe what the first leaves open`,
    )
    .requiredOption('--output <file>', 'the script, such as pretrain.py; it must not be there')
    .addOption(
      new Option('--loss <name>', "instead of the run's or the recipe's loss").choices([...lossNames]),
    )
    .addOption(
      new Option('--method <name>', "instead of the recipe's method; a run keeps its own").choices([
        ...methodNames,
      ]),
    )
    .option('--queue-size <n>', "embeddings in moco's or nnclr's queue (default: 4096)", wholeNumber)
    .option('--key-momentum <m>', "share of moco's key weights kept each step (default: 0.999)", decimal)
    .option(
      '--initial <file>',
      "also write a run's newest weights, a .safetensors file for the script's --initial",
    )
    .action(exportFromCommandLine);
}

async function exportFromCommandLine({ output, initial, ...options }: ExportCommandOptions): Promise<void> {
  const [run] = options.torch as [string];
  if (initial !== undefined && isRecipe(run)) {
    throw new InputError(`${run} is a recipe, which has no weights: --initial is for a run's folder.`);
  }
  await use({ name: 'cpu' });
  await writeNew(output, torchScript(await pretrainingOf(options)));
  console.log(`Written to ${output}; its beginning says how to start it.`);
  if (initial === undefined) return;
  await saveInitialWeights(run, initial);
  console.log(`Its initial weights are in ${initial}.`);
}

async function pretrainingOf({
  torch,
  loss,
  method,
  ...methodOptions
}: PretrainingOptions): Promise<TorchPretraining> {
  const [first, ...more] = torch as [string, ...string[]];
  if (isRecipe(first)) {
    const unknown = more.find((name) => !isRecipe(name));
    if (unknown === undefined) {
      const named = recipe(...([first, ...more] as [RecipeName]));
      return torchPretrainingOf(named, given({ loss, method }), methodOptions);
    }
    throw new InputError(`There is no recipe "${unknown}": choose ${recipeNames.join(', ')}.`);
  }
  if (more.length > 0) {
    throw new InputError(
      `--torch is ${torch.join(' ')}: give one run's folder, or recipes of ${recipeNames.join(', ')}.`,
    );
  }
  const [ofMethod] = Object.entries(given({ method, ...methodOptions }));
  if (ofMethod !== undefined) {
    const [option, value] = ofMethod;
    throw new InputError(
      `${option} is ${value}, but ${first} is a run, which keeps its method: leave it out.`,
    );
  }
  return torchPretrainingOfRun(first, loss);
}

function isRecipe(name: string): boolean {
  return (recipeNames as readonly string[]).includes(name);
}

async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'it is there already; give another name' : error.message;
    throw new InputError(`The script could not be written to ${path}: ${reason}.`);
  });
}
