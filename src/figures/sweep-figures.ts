import type { Results } from '../experiments/index.js';
import { accuracyByFactor, type PublishedOptions } from './accuracy-by-factor.js';
import type { Figure } from './figure.js';
import type { SweepFigureOptions } from './sweep-layout.js';

/**
 * Accuracy against batch size, a line for each loss: mean over seeds with its 95 % t-interval, each seed as a dot; and what
 * others published, named as such.
 * @throws InputError where the trials differ in more than batch size, loss and seed (choose by `experiments.arm`)
 */
export function accuracyByBatchSize(results: Results, options: PublishedOptions = {}): Figure {
  return accuracyByFactor(results, { factor: 'batchSize', title: 'Accuracy against batch size' }, options);
}

/** Accuracy after trainings of different lengths, likewise. @throws InputError as `accuracyByBatchSize` does */
export function accuracyByEpochs(results: Results, options: PublishedOptions = {}): Figure {
  return accuracyByFactor(results, { factor: 'epochs', title: 'Accuracy against epochs' }, options);
}

/** How accuracy depends on the size of the queue, likewise. @throws InputError also for trials of methods without a queue */
export function accuracyByQueueSize(results: Results, options: SweepFigureOptions = {}): Figure {
  return accuracyByFactor(results, { factor: 'queueSize', title: 'Accuracy against queue size' }, options);
}

/** How accuracy depends on the temperature, likewise. @throws InputError as `accuracyByBatchSize` does */
export function temperatureSensitivity(results: Results, options: SweepFigureOptions = {}): Figure {
  return accuracyByFactor(
    results,
    { factor: 'temperature', title: 'Sensitivity to the temperature' },
    options,
  );
}

/** How accuracy depends on the learning rate, likewise. @throws InputError as `accuracyByBatchSize` does */
export function learningRateSensitivity(results: Results, options: SweepFigureOptions = {}): Figure {
  const title = 'Sensitivity to the learning rate';
  return accuracyByFactor(results, { factor: 'learningRate', title }, options);
}
