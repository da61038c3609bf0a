import { PCA } from 'ml-pca';

/** Coordinates of the rows along the two directions of largest variance. */
export function principalComponents(rows: number[][]): number[][] {
  return new PCA(rows, { method: 'covarianceMatrix' }).predict(rows, { nComponents: 2 }).to2DArray();
}
