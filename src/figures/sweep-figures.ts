import type { Results } from '../experiments/index.js';
import { accuracyByFactor, type PublishedOptions, type SweepFigureOptions } from './accuracy-by-factor.js';
import type { Figure } from './figure.js';

/**
 * Accuracy against batch size, a line for each loss: mean over seeds with its 95 % t-interval, each seed as a dot; and what
 * others published, named as such.
 * @throws InputError where the trials differ in more than batch size, loss and seed (choose by `experiments.arm`)
 */
export function accuracyByBatchSize(results: Results, options: PublishedOptions = {}): Figure {
  const text = { axis: 'batch size N (images, logarithmic)', title: 'Accuracy against batch size' };
  return accuracyByFactor(results, { factor: 'batchSize', ...text }, options);
}

/** Accuracy after trainings of different lengths, likewise. @throws InputError as `accuracyByBatchSize` does */
export function accuracyByEpochs(results: Results, options: PublishedOptions = {}): Figure {
  const text = { axis: 'epochs of pretraining (logarithmic)', title: 'Accuracy against epochs' };
  return accuracyByFactor(results, { factor: 'epochs', ...text }, options);
}

/** How accuracy depends on the temperature, likewise. @throws InputError as `accuracyByBatchSize` does */
export function temperatureSensitivity(results: Results, options: SweepFigureOptions = {}): Figure {
  const text = { axis: 'temperature (logarithmic)', title: 'Sensitivity to the temperature' };
  return accuracyByFactor(results, { factor: 'temperature', ...text }, options);
}

/** How accuracy depends on the learning rate, likewise. @throws InputError as `accuracyByBatchSize` does */
export function learningRateSensitivity(results: Results, options: SweepFigureOptions = {}): Figure {
  const text = {
    axis: 'highest learning rate at a batch of 128 (logarithmic)',
    title: 'Sensitivity to the learning rate',
  };
  return accuracyByFactor(results, { factor: 'learningRate', ...text }, options);
}
