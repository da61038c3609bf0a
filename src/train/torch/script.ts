import { readFileSync } from 'node:fs';
import type { TorchPretraining } from './pretraining.js';
import { settingsBlock } from './settings-block.js';
import { fillTemplate } from './template.js';
import { stemName, torchvisionName } from './torchvision-name.js';

const root = new URL('../../../', import.meta.url);

/**
 * A script that pretrains in PyTorch on one or many GPUs, to be started by `torchrun`: one readable file, in which the
 * settings are filled in and what they do not use is left out. Its checkpoints are read by `loadEncoder` and `weights.loadResNet`.
 */
export function torchScript(pretraining: TorchPretraining): string {
  const template = readFileSync(new URL('src/train/torch/pretrain.py', root), 'utf8');
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const { origin, loss, notes, optimiser } = pretraining;
  return fillTemplate(template, conditionsOf(pretraining), {
    title: `Pretrains an encoder by SimCLR with ${titles[loss.name] ?? loss.name} on one or many GPUs, in PyTorch.`,
    ...{ version, origin, settings: settingsBlock(pretraining) },
    notes: notes.map((note) => `- ${wrapped(note)}\n`).join(''),
    noRatio: optimiser.name === 'lars' ? ' and no trust ratio' : '',
  });
}

const titles: Readonly<Record<string, string>> = {
  infonce: 'InfoNCE',
  dcl: 'the decoupled contrastive loss (DCL)',
  dclw: 'the weighted decoupled contrastive loss (DCLW)',
};

/** The template's conditions, each with whether it holds. */
function conditionsOf(pretraining: TorchPretraining): Map<string, boolean> {
  const { loss, encoder, head, views, optimiser, warmupStart, cosineFloor } = pretraining;
  const { form, clip, excludeBiasesAndNorms } = optimiser.settings;
  const isTorchvision = torchvisionName(encoder) !== undefined;
  const one = (name: string, value: unknown, choices: readonly string[]) =>
    choices.map((choice) => [`${name} = ${choice}`, value === choice] as const);
  return new Map([
    ...one('loss', loss.name, ['infonce', 'dcl', 'dclw']),
    ...one('encoder', isTorchvision ? 'torchvision' : 'own', ['torchvision', 'own']),
    ...one('block', encoder.block, ['basic', 'bottleneck']),
    ...one('stem', stemName(encoder.stem), ['cifar', 'imagenet']),
    ...one('headNorm', head.batchNorm, ['none', 'hidden', 'all']),
    ...one('optimiser', optimiser.name, ['sgd', 'lars']),
    ...one('form', form, ['google', 'pytorch']),
    ...whether('stemRelu', encoder.stem.relu),
    ...whether('stemPool', encoder.stem.pool),
    ...whether('blur', views.blur !== undefined),
    ...whether('standardise', encoder.standardise !== 'none'),
    ...whether('clip', clip === true),
    ...whether('exclude', excludeBiasesAndNorms === true),
    ...whether('warmupStart', warmupStart !== undefined),
    ...whether('cosineFloor', cosineFloor !== undefined),
  ]);
}

function whether(name: string, holds: boolean): (readonly [string, boolean])[] {
  return [
    [name, holds],
    [`no ${name}`, !holds],
  ];
}

/** Lines of at most 116 characters, all but the first indented. */
function wrapped(text: string): string {
  return text.replace(/(.{1,116})(?: |$)/g, '  $1\n').trim();
}
