/** How projects name the tensors of a ResNet, as data. The names of our layers are those of src/models/resnet.ts. */
import type { Stem } from '../models/index.js';

/** Where the parts of a ResNet are, below some prefix. Within the blocks all name alike. */
export interface KeyLayout {
  readonly name: string;
  /** The first convolution and its batch norm. */
  readonly stem: readonly [convolution: string, norm: string];
  /** What comes before the number of a stage, and the number of the first. */
  readonly stages: readonly [name: string, first: number];
  /** Where the layout says how the network begins. */
  readonly begins?: Partial<Stem>;
}

export const torchvisionLayout: KeyLayout = {
  name: 'torchvision',
  stem: ['conv1', 'bn1'],
  stages: ['layer', 1],
};

/** Where a ResNet was taken apart to leave its classifier off, its children have numbers; the first stage's tells what is before it. */
export const keyLayouts: readonly KeyLayout[] = [
  torchvisionLayout,
  // lightly's ResNetGenerator calls ReLU as a function, so that it is lost among the children.
  { name: 'children of lightly', stem: ['0', '1'], stages: ['', 2], begins: { relu: false, pool: false } },
  { name: 'children without max-pool', stem: ['0', '1'], stages: ['', 3], begins: { pool: false } },
  { name: 'children of torchvision', stem: ['0', '1'], stages: ['', 4], begins: { pool: true } },
];

/** What the 1x1 convolution and batch norm beside a block are called. */
export const shortcutNames = ['downsample', 'shortcut'] as const;
export type ShortcutName = (typeof shortcutNames)[number];

/** Where a project keeps an encoder in its checkpoints. */
export interface Project {
  readonly name: string;
  readonly encoder: string;
  /** The averages of it that follow during training. */
  readonly followers: readonly string[];
  /** A tensor that tells it from another project of the same prefix. */
  readonly beside?: string;
  /** How a 3x3 kernel begins there, where not as elsewhere. */
  readonly smallStem?: Partial<Stem>;
}

/** A file is of the first that has its encoder in it, and the tensor beside it. */
export const projects: readonly Project[] = [
  {
    name: 'MoCo',
    encoder: 'state_dict.module.encoder_q.',
    followers: ['state_dict.module.encoder_k.'],
  },
  {
    name: 'MoCo v3',
    encoder: 'state_dict.module.base_encoder.',
    followers: ['state_dict.module.momentum_encoder.'],
  },
  {
    name: 'VISSL',
    encoder: 'classy_state_dict.base_model.model.trunk._feature_blocks.',
    followers: ['classy_state_dict.loss.moco_encoder.trunk._feature_blocks.'],
  },
  {
    name: 'solo-learn',
    encoder: 'state_dict.backbone.',
    followers: ['state_dict.momentum_backbone.'],
    beside: 'state_dict.classifier.weight',
    smallStem: { padding: 2 },
  },
  {
    name: 'older solo-learn',
    encoder: 'state_dict.encoder.',
    followers: ['state_dict.momentum_encoder.'],
    beside: 'state_dict.classifier.weight',
    smallStem: { padding: 2 },
  },
  {
    name: 'lightly',
    encoder: 'state_dict.backbone.',
    followers: ['state_dict.backbone_momentum.'],
  },
  { name: 'raminnakhli/Decoupled-Contrastive-Learning', encoder: 'f.', followers: [] },
  {
    name: "MoCo by dcl-lab's script",
    encoder: 'model.encoder.',
    followers: ['model.key_encoder.'],
    beside: 'model.key_encoder.conv1.weight',
  },
  { name: 'torchvision', encoder: '', followers: ['key_encoder.'] },
];

/**
 * What the layer of our ResNets is called in a layout, such as `layer1.0.downsample.1` for `stage1.1.shortcut.norm`; undefined
 * for a layer that is not theirs.
 */
export function keyOf(
  layer: string,
  { stem, stages }: KeyLayout,
  shortcut: ShortcutName,
): string | undefined {
  if (layer === 'stem.conv') return stem[0];
  if (layer === 'stem.norm') return stem[1];
  const [, stage, block, part] = /^stage(\d+)\.(\d+)\.(.+)$/.exec(layer) ?? [];
  const inBlock = part === undefined ? undefined : keyInBlock(part, shortcut);
  if (inBlock === undefined) return undefined;
  const [name, first] = stages;
  return `${name}${Number(stage) - 1 + first}.${Number(block) - 1}.${inBlock}`;
}

function keyInBlock(part: string, shortcut: ShortcutName): string | undefined {
  if (part === 'shortcut.conv') return `${shortcut}.0`;
  if (part === 'shortcut.norm') return `${shortcut}.1`;
  const [, kind, number] = /^(conv|norm)(\d)$/.exec(part) ?? [];
  return kind === undefined ? undefined : `${kind === 'conv' ? 'conv' : 'bn'}${number}`;
}

/** A weight of our layers and of PyTorch's; `order` are the axes of PyTorch's in the order of ours. */
export interface WeightName {
  readonly ours: string;
  readonly theirs: string;
  readonly order: readonly number[];
}

/** By the layer's class: kernels [height, width, in, out] here are [out, in, height, width] there. */
export const weightNames: Readonly<Record<string, readonly WeightName[]>> = {
  Conv2D: [{ ours: 'kernel', theirs: 'weight', order: [2, 3, 1, 0] }],
  Dense: [
    { ours: 'kernel', theirs: 'weight', order: [1, 0] },
    { ours: 'bias', theirs: 'bias', order: [0] },
  ],
  BatchNorm: [
    { ours: 'gamma', theirs: 'weight', order: [0] },
    { ours: 'beta', theirs: 'bias', order: [0] },
    { ours: 'moving_mean', theirs: 'running_mean', order: [0] },
    { ours: 'moving_variance', theirs: 'running_var', order: [0] },
  ],
};
