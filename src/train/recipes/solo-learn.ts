import { imagenetViews } from '../../data/index.js';
import { notStated, type Recipe } from './recipe.js';

const yaml = 'vturrisi/solo-learn@d418d09 scripts/pretrain/imagenet-100/simclr.yaml';
const base = 'vturrisi/solo-learn@9187ea3 solo/methods/base.py';

/** SimCLR as solo-learn trains it on ImageNet-100: it has no configuration of SimCLR for all of ImageNet. */
export const soloLearnRecipe = {
  name: 'solo-learn',
  settings: {
    data: 'ImageNet-100',
    viewSize: 224,
    architecture: 'resnet18',
    stem: 'imagenet',
    standardise: 'imagenet',
    method: 'simclr',
    loss: 'infonce',
    temperature: 0.2,
    head: { hiddenFeatures: 4096, outputFeatures: 512, batchNorm: 'none' },
    views: imagenetViews(),
    batchSize: 256,
    epochs: 400,
    optimiser: {
      name: 'lars',
      form: 'pytorch',
      momentum: 0.9,
      trustCoefficient: 0.02,
      weightDecay: 1e-4,
      excludeBiasesAndNorms: true,
      epsilon: 1e-8,
      clip: true,
    },
    learningRate: { base: 0.3, scaling: 'linear' },
    warmupEpochs: 10,
    warmupStart: 3e-5,
    cosineFloor: 'none',
    linearEvaluation: {
      optimiser: 'sgd',
      momentum: 0.9,
      weightDecay: 0,
      learningRate: { base: 1, scaling: 'linear' },
      schedule: 'divided by 10 after epochs 60 and 80',
      batchSize: 256,
      epochs: 100,
      reported: notStated,
    },
  },
  sources: {
    data: yaml,
    viewSize: 'vturrisi/solo-learn@6f228fd scripts/pretrain/imagenet-100/augmentations/symmetric.yaml',
    architecture: yaml,
    stem: base,
    standardise: 'vturrisi/solo-learn@2aa1e64 solo/data/pretrain_dataloader.py',
    method: yaml,
    loss: 'vturrisi/solo-learn@9187ea3 solo/losses/simclr.py',
    temperature: yaml,
    head: `${yaml}; solo/methods/simclr.py`,
    views:
      'vturrisi/solo-learn@6f228fd scripts/pretrain/imagenet-100/augmentations/symmetric.yaml; solo/data/pretrain_dataloader.py',
    batchSize: `${yaml}: two devices of 128`,
    epochs: yaml,
    optimiser: `${yaml}; solo/utils/lars.py; solo/args/pretrain.py`,
    learningRate: `${yaml}; solo/args/pretrain.py`,
    warmupEpochs: base,
    warmupStart: base,
    cosineFloor: base,
    linearEvaluation:
      'vturrisi/solo-learn@07f8c3b scripts/linear/imagenet-100/simclr.yaml; solo/args/linear.py',
  },
  notes: [
    'It embeds each view by itself, so that batch norm sees one view at a time; here it sees both together.',
    'It resizes crops bicubically and flips after the blur.',
  ],
} as const satisfies Recipe;
