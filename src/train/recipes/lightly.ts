import { imagenetViews } from '../../data/index.js';
import type { Recipe } from './recipe.js';

const dcl = 'lightly-ai/lightly@e8d317f benchmarks/imagenet/resnet50/dcl.py';

/** DCL as lightly's ImageNet benchmark trains it. */
export const lightlyRecipe = {
  name: 'lightly',
  settings: {
    data: 'ImageNet-1k',
    viewSize: 224,
    architecture: 'resnet50',
    stem: 'imagenet',
    standardise: 'imagenet',
    method: 'simclr',
    loss: 'dcl',
    temperature: 0.1,
    head: { hiddenFeatures: 2048, outputFeatures: 128, batchNorm: 'all' },
    views: imagenetViews(),
    batchSize: 256,
    epochs: 100,
    optimiser: {
      name: 'lars',
      form: 'pytorch',
      momentum: 0.9,
      trustCoefficient: 0.001,
      weightDecay: 1e-6,
      excludeBiasesAndNorms: true,
      epsilon: 1e-8,
      clip: false,
    },
    learningRate: { base: 0.075, scaling: 'square-root' },
    warmupEpochs: 10,
    warmupStart: 'none',
    cosineFloor: 0.001,
    linearEvaluation: {
      optimiser: 'sgd',
      momentum: 0.9,
      weightDecay: 0,
      learningRate: { base: 0.1, scaling: 'linear' },
      schedule: 'cosine',
      batchSize: 256,
      epochs: 90,
      reported: 'the highest',
    },
  },
  sources: {
    data: 'lightly-ai/lightly@e8d317f docs/source/getting_started/benchmarks.rst, ImageNet1k',
    viewSize: 'lightly-ai/lightly@e8d317f lightly/transforms/simclr_transform.py',
    architecture: dcl,
    stem: dcl,
    standardise: 'lightly-ai/lightly@e8d317f lightly/transforms/simclr_transform.py',
    method: dcl,
    loss: dcl,
    temperature: dcl,
    head: 'lightly-ai/lightly@e8d317f lightly/models/modules/heads.py, SimCLRProjectionHead',
    views: 'lightly-ai/lightly@e8d317f lightly/transforms/simclr_transform.py',
    batchSize: 'lightly-ai/lightly@e8d317f docs/source/getting_started/benchmarks.rst: two devices of 128',
    epochs: 'lightly-ai/lightly@e8d317f docs/source/getting_started/benchmarks.rst',
    optimiser: `${dcl}; lightly/utils/lars.py`,
    learningRate: dcl,
    warmupEpochs: dcl,
    warmupStart: 'lightly-ai/lightly@e8d317f lightly/utils/scheduler.py',
    cosineFloor: 'lightly-ai/lightly@e8d317f lightly/utils/scheduler.py',
    linearEvaluation:
      'lightly-ai/lightly@e8d317f benchmarks/imagenet/resnet50/linear_eval.py; lightly/utils/benchmarking/linear_classifier.py',
  },
  notes: [
    "Its published figures for DCL and DCLW are from before its loss was corrected (commit 0111edc), which had counted the negatives' part twice.",
    'It blurs with Pillow, whose kernel reaches as far as sigma says.',
  ],
} as const satisfies Recipe;
