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
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const { origin, method, loss, head, notes, optimiser } = pretraining;
  const [methodTitle, lossTitle] = [methodTitles[method.name], lossTitles[loss.name] ?? loss.name];
  return fillTemplate(templateOf(pretraining), conditionsOf(pretraining), {
    title: `Pretrains an encoder by ${methodTitle} with ${lossTitle} on one or many GPUs, in PyTorch.`,
    ...{ version, origin, settings: settingsBlock(pretraining) },
    notes: notes.map((note) => `- ${wrapped(note)}\n`).join(''),
    // A linear layer that batch norm follows has no bias.
    hiddenBias: head.batchNorm === 'none' ? 'True' : 'False',
    outputBias: head.batchNorm === 'all' ? 'False' : 'True',
    noRatio: optimiser.name === 'lars' ? ' and no trust ratio' : '',
  });
}

const methodTitles = { simclr: 'SimCLR', moco: 'MoCo v2', nnclr: 'NNCLR' } as const;

const lossTitles: Readonly<Record<string, string>> = {
  infonce: 'InfoNCE',
  dcl: 'the decoupled contrastive loss (DCL)',
  dclw: 'the weighted decoupled contrastive loss (DCLW)',
};

/** The parts of the script in their order, one file for each idea. */
function templateOf({ method }: TorchPretraining): string {
  const queue = method.name === 'simclr' ? [] : ['queue'];
  const before = ['begin', 'views', 'network', 'processes', 'loss'];
  const after = ['optimiser', 'checkpoints', 'record', 'training'];
  return [...before, ...queue, method.name, ...after]
    .map((part) => readFileSync(new URL(`src/train/torch/python/${part}.py`, root), 'utf8'))
    .join('\n\n');
}

/** The template's conditions, each with whether it holds. */
function conditionsOf(pretraining: TorchPretraining): Map<string, boolean> {
  const { method, loss, encoder, head, views, optimiser, warmupStart, cosineFloor } = pretraining;
  const { form, clip, excludeBiasesAndNorms } = optimiser.settings;
  const isTorchvision = torchvisionName(encoder) !== undefined;
  const keyMomentumSchedule = method.name === 'moco' ? method.keyMomentumSchedule : undefined;
  const one = (name: string, value: unknown, choices: readonly string[]) =>
    choices.map((choice) => [`${name} = ${choice}`, value === choice] as const);
  return new Map([
    ...one('method', method.name, ['moco', 'nnclr']),
    ...one('keyMomentumSchedule', keyMomentumSchedule, ['constant', 'cosine']),
    ...one('loss', loss.name, ['infonce', 'dcl', 'dclw']),
    ...one('encoder', isTorchvision ? 'torchvision' : 'own', ['torchvision', 'own']),
    ...one('block', encoder.block, ['basic', 'bottleneck']),
    ...one('stem', stemName(encoder.stem), ['cifar', 'imagenet']),
    ...one('hiddenLayers', method.name === 'nnclr' ? '2' : '1', ['1', '2']),
    ...one('optimiser', optimiser.name, ['sgd', 'lars']),
    ...one('form', form, ['google', 'pytorch']),
    ...whether('hiddenNorm', head.batchNorm !== 'none'),
    ...whether('outputNorm', head.batchNorm === 'all'),
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
