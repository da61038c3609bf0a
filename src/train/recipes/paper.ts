import { notStated, type Recipe } from './recipe.js';

const abstract = 'Yeh et al., 2022, abstract';

/**
 * SimCLR with DCL on ImageNet as the abstract and the method's section of the paper have it (Yeh et al., Decoupled Contrastive
 * Learning, ECCV 2022, arXiv 2110.06848). For anything they leave open name a second recipe.
 */
export const paperRecipe = {
  name: 'paper',
  settings: {
    data: 'ImageNet-1k',
    viewSize: notStated,
    architecture: 'resnet50',
    stem: 'imagenet',
    standardise: notStated,
    method: 'simclr',
    loss: 'dcl',
    temperature: notStated,
    head: notStated,
    views: notStated,
    batchSize: 256,
    epochs: 200,
    optimiser: notStated,
    learningRate: notStated,
    warmupEpochs: notStated,
    warmupStart: notStated,
    cosineFloor: notStated,
    linearEvaluation: notStated,
  },
  sources: {
    data: abstract,
    architecture: 'Yeh et al., 2022, results on ImageNet',
    stem: 'that of a ResNet-50 (He et al., 2016)',
    method: abstract,
    loss: 'Yeh et al., 2022, Proposition 2',
    batchSize: abstract,
    epochs: abstract,
  },
  notes: [
    'Of the paper, the abstract and the derivation are covered: its appendix may state what is called not stated here.',
  ],
} as const satisfies Recipe;
