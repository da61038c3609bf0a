import { UMAP } from 'umap-js';
import { generatorFor, uniform } from '../data/random.js';

/** Epochs of gradient descent for so many points, as umap-js has them. */
export function umapEpochs(count: number): number {
  if (count <= 2500) return 500;
  if (count <= 5000) return 400;
  return count <= 7500 ? 300 : 200;
}

export interface UmapOptions {
  readonly neighbors: number;
  readonly seed: number;
}

/** @param onEpoch - called after each epoch, with the epochs done; finding the neighbours before them takes about as long as all epochs */
export function umap(
  rows: number[][],
  { neighbors, seed }: UmapOptions,
  onEpoch: (done: number) => void,
): number[][] {
  const generator = generatorFor('projection', [seed]);
  const nEpochs = umapEpochs(rows.length);
  const layout = new UMAP({ nNeighbors: neighbors, nEpochs, random: () => uniform(generator, 0, 1) });
  layout.initializeFit(rows);
  for (let epoch = 1; epoch <= nEpochs; epoch++) {
    layout.step();
    onEpoch(epoch);
  }
  return layout.getEmbedding();
}
