import { TSNE } from '@keckelt/tsne';
import { InputError } from '../errors.js';
import { principalComponents } from './principal-components.js';

/** Steps of gradient descent; the first 100 exaggerate the similarities. */
export const tsneSteps = 500;
/** Beyond these the matrices of all pairs fill gigabytes and take hours. */
const mostRows = 4000;

/**
 * How many neighbours each of so many points has, in effect: what is wanted, or 30, or a third of the other points where there are fewer.
 * @throws InputError for more points than t-SNE takes, fewer, or a perplexity that does not suit them
 */
export function perplexityFor(count: number, wanted?: number): number {
  const most = (count - 1) / 3;
  if (count < 5 || count > mostRows) {
    throw new InputError(
      `tsne takes 5 to ${mostRows} rows, not ${count}${count > 5 ? '; take fewer, or umap' : ''}.`,
    );
  }
  const perplexity = wanted ?? Math.min(30, most);
  if (perplexity > 1 && perplexity <= most) return perplexity;
  throw new InputError(
    `perplexity is ${perplexity}; give more than 1 and at most a third of the other rows, ${most.toFixed(1)}.`,
  );
}

/**
 * Exact t-SNE (van der Maaten and Hinton 2008) from the principal components, so without random choices; the learning rate is a
 * tenth of the number of rows, near what Belkina et al. (2019) recommend.
 * @param onStep - called after each step, with the steps done
 */
export function tsne(rows: number[][], perplexity: number, onStep: (done: number) => void): number[][] {
  const descent = new TSNE({ perplexity, epsilon: Math.max(10, rows.length / 10) });
  descent.initDataRaw(rows);
  startFrom(principalComponents(rows), descent.getSolution() as number[][]);
  for (let step = 1; step <= tsneSteps; step++) {
    descent.step();
    onStep(step);
  }
  return descent.getSolution() as number[][];
}

/** Replaces the random start, which the library lets one change only in place, by these positions, made as small. */
function startFrom(positions: readonly (readonly number[])[], start: number[][]): void {
  const largest = Math.max(...positions.map(([x]) => Math.abs(x!)), Number.MIN_VALUE);
  for (const [i, [x, y]] of positions.entries())
    start[i]!.splice(0, 2, (1e-4 * x!) / largest, (1e-4 * y!) / largest);
}
