import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addBuildNotebooks } from './build-notebooks.js';
import { addConvert } from './convert.js';
import { addEmbed } from './embed.js';
import { addEngine } from './engine.js';
import { addEvaluate } from './evaluate.js';
import { addExport } from './export.js';
import { addFigures } from './figures.js';
import { addKernel } from './kernel.js';
import { addLab } from './lab.js';
import { addPretrain } from './pretrain.js';
import { addRecipes } from './recipes.js';
import { addRun } from './run.js';
import { addSweep } from './sweep.js';
import { addTrial } from './trial.js';

/** The command line `dcl-lab`. It throws what is wrong with its arguments. */
export function program(): Command {
  const { version, description } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  // Before the commands, which take these settings over.
  const root = new Command('dcl-lab')
    .description(description)
    .version(version)
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');
  for (const add of [
    addPretrain,
    addRecipes,
    addEmbed,
    addEvaluate,
    addConvert,
    addExport,
    addSweep,
    addTrial,
    addFigures,
    addRun,
    addLab,
    addKernel,
    addEngine,
    addBuildNotebooks,
  ])
    add(root);
  return root;
}
