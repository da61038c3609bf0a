import { imagenetViews } from '../../data/index.js';
import type { Recipe } from './recipe.js';

const readme =
  'google-research/simclr@0075cc0 README.md, the command with the default hyperparameters of the paper';
const flags = 'google-research/simclr@0075cc0 run.py, defaults of the flags';
const util = 'google-research/simclr@244e712 model_util.py';

/** SimCLR (Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, 2020) by its authors' code. */
export const simclrRecipe = {
  name: 'simclr',
  settings: {
    data: 'ImageNet-1k',
    viewSize: 224,
    architecture: 'resnet50',
    stem: 'imagenet',
    standardise: 'none',
    method: 'simclr',
    loss: 'infonce',
    temperature: 0.1,
    head: { hiddenFeatures: 2048, outputFeatures: 128, batchNorm: 'all' },
    views: imagenetViews(),
    batchSize: 4096,
    epochs: 100,
    optimiser: {
      name: 'lars',
      form: 'google',
      momentum: 0.9,
      trustCoefficient: 0.001,
      weightDecay: 1e-6,
      excludeBiasesAndNorms: true,
    },
    learningRate: { base: 0.3, scaling: 'linear' },
    warmupEpochs: 10,
    warmupStart: 'none',
    cosineFloor: 'none',
    linearEvaluation: {
      optimiser: 'sgd with Nesterov momentum',
      momentum: 0.9,
      weightDecay: 1e-6,
      learningRate: { base: 0.1, scaling: 'linear' },
      schedule: 'cosine',
      batchSize: 4096,
      epochs: 90,
      reported: 'the last',
    },
  },
  sources: {
    data: readme,
    viewSize: readme,
    architecture: flags,
    stem: 'google-research/simclr@0075cc0 resnet.py',
    standardise: 'google-research/simclr@244e712 data_util.py',
    method: 'Chen et al., 2020',
    loss: 'google-research/simclr@0075cc0 objective.py',
    temperature: readme,
    head: `${flags} (one hidden layer); ${util} (batch norm after every layer)`,
    views: 'google-research/simclr@244e712 data_util.py; Chen et al., 2020, appendix A',
    batchSize: readme,
    epochs: readme,
    optimiser: 'google-research/simclr@036ea7b lars_optimizer.py, flags of run.py, README.md',
    learningRate: `${readme}; ${util}`,
    warmupEpochs: flags,
    warmupStart: util,
    cosineFloor: util,
    linearEvaluation: 'google-research/simclr@0075cc0 README.md, the command for a linear head on ImageNet',
  },
  notes: [
    'Its warm-up begins with a step of learning rate 0; here that step is left out, and each is a step ahead.',
    'It resizes crops bicubically.',
  ],
} as const satisfies Recipe;
