import { TSNE } from '@keckelt/tsne';
import { InputError } from '../errors.js';
import { principalComponents } from './principal-components.js';

/** Steps of gradient descent; the first 100 exaggerate the similarities. */
const steps = 500;
/** Beyond these the matrices of all pairs fill gigabytes and take hours. */
const mostRows = 4000;

export interface TsneOptions {
  readonly perplexity?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Exact t-SNE (van der Maaten and Hinton 2008) from the principal components, so without random choices; the learning rate is a
 * tenth of the number of rows, near what Belkina et al. (2019) recommend.
 */
export function tsne(rows: number[][], { perplexity, onProgress }: TsneOptions): number[][] {
  const most = (rows.length - 1) / 3;
  if (rows.length < 5 || rows.length > mostRows) {
    throw new InputError(
      `tsne takes 5 to ${mostRows} rows, not ${rows.length}${rows.length > 5 ? '; take fewer, or umap' : ''}.`,
    );
  }
  const wanted = perplexity ?? Math.min(30, most);
  if (!(wanted > 1 && wanted <= most)) {
    throw new InputError(
      `perplexity is ${wanted}; give more than 1 and at most a third of the other rows, ${most.toFixed(1)}.`,
    );
  }
  const descent = new TSNE({ perplexity: wanted, epsilon: Math.max(10, rows.length / 10) });
  descent.initDataRaw(rows);
  startFrom(principalComponents(rows), descent.getSolution() as number[][]);
  for (let step = 1; step <= steps; step++) {
    descent.step();
    onProgress?.(step, steps);
  }
  return descent.getSolution() as number[][];
}

/** Replaces the random start, which the library lets one change only in place, by these positions, made as small. */
function startFrom(positions: readonly (readonly number[])[], start: number[][]): void {
  const largest = Math.max(...positions.map(([x]) => Math.abs(x!)), Number.MIN_VALUE);
  for (const [i, [x, y]] of positions.entries())
    start[i]!.splice(0, 2, (1e-4 * x!) / largest, (1e-4 * y!) / largest);
}
