import { type Dataset, subset } from '../data/index.js';
import { requireInteger, requirePositive } from '../errors.js';
import type { Evaluate } from '../train/index.js';
import { embed } from './embed.js';
import { knn } from './knn.js';

/** Fewer neighbours or images make each evaluation faster and its accuracies rougher. */
export interface KnnDuringTrainingOptions {
  /** Neighbours that vote; 200 by default, or all where there are fewer. */
  readonly k?: number;
  /** As in `knn`; 0.1 by default. */
  readonly temperature?: number;
  /** At most so many images of each set, balanced over the classes, since it is done again and again; 2,000 by default. */
  readonly images?: number;
  /** Images per forward pass, after which a stopped run stops; 256 by default. */
  readonly batchSize?: number;
}

/**
 * An `evaluate` for `train.pretrain`: how well k nearest neighbours classify by the encoder's features while it is trained,
 * as lightly and solo-learn show it. Of part of the images, so it is no result: that is `knn` of all of them.
 *
 * `train.pretrain({ ..., evaluate: evaluate.knnDuringTraining(data.train, data.test) })`
 *
 * @param memory - labelled images that vote, usually the training set
 * @param queries - images to classify; to choose settings by what is shown, take a part of the training set that is not in
 *   `memory` instead of the test set
 * @returns gives `{ 'kNN top-1': ... }`; stopped, it throws after the batch under way
 * @throws InputError for an option that cannot be used
 */
export function knnDuringTraining(
  memory: Dataset,
  queries: Dataset,
  options: KnnDuringTrainingOptions = {},
): Evaluate {
  const { k = 200, temperature = 0.1, images = 2_000, batchSize = 256 } = options;
  requireInteger('k', k);
  requirePositive('temperature', temperature);
  requireInteger('images', images);
  requireInteger('batchSize', batchSize);
  const [voting, asked] = [memory, queries].map((set) => (set.length > images ? subset(set, images) : set));
  return async (encoder, { signal }) => {
    const onProgress = () => signal.throwIfAborted();
    const bank = await embed(encoder, voting!, { batchSize, onProgress });
    const rows = await embed(encoder, asked!, { batchSize, onProgress });
    const { top1 } = await knn(bank, rows, { k, temperature, onProgress });
    return { 'kNN top-1': top1 };
  };
}
