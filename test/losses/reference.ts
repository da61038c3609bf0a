/** The paper's formulas, term by term, in float64: what the tensor code is compared with. */

export type Rows = readonly (readonly number[])[];

export type LossName = 'infonce' | 'dcl' | 'dclw';

export const lossNames: readonly LossName[] = ['infonce', 'dcl', 'dclw'];

/** One anchor's similarities, over the temperature. */
export interface Exponents {
  readonly positive: number;
  readonly negatives: readonly number[];
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

export const unit = (a: readonly number[]) => a.map((x) => x / Math.sqrt(dot(a, a)));

const without = (rows: Rows, i: number) => rows.filter((_, j) => j !== i);

/** Log of a sum of exponentials that may lie far outside float64's range. */
function logOfSum(exponents: readonly number[]): number {
  const largest = Math.max(...exponents);
  return largest + Math.log(exponents.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

function exponents(
  anchor: readonly number[],
  positive: readonly number[],
  negatives: Rows,
  t: number,
): Exponents {
  return {
    positive: dot(anchor, positive) / t,
    negatives: negatives.map((negative) => dot(anchor, negative) / t),
  };
}

/** SimCLR's anchors, view 1 before view 2: the positive is the other view, the negatives are those of all other images. */
export function pairExponents(z1: Rows, z2: Rows, temperature: number): Exponents[] {
  const views = [z1.map(unit), z2.map(unit)] as const;
  return views.flatMap((view, k) =>
    view.map((anchor, i) => {
      const negatives = views.flatMap((candidates) => without(candidates, i));
      return exponents(anchor, views[1 - k]![i]!, negatives, temperature);
    }),
  );
}

/** NNCLR's anchors, each compared with the candidate of its own image and with those of the others. */
export function crossExponents(anchors: Rows, candidates: Rows, temperature: number): Exponents[] {
  const units = candidates.map(unit);
  return anchors.map((anchor, i) => exponents(unit(anchor), units[i]!, without(units, i), temperature));
}

/** MoCo's queries, each compared with its key and with the queue. */
export function queueExponents(queries: Rows, keys: Rows, queue: Rows, temperature: number): Exponents[] {
  const negatives = queue.map(unit);
  return queries.map((query, i) => exponents(unit(query), unit(keys[i]!), negatives, temperature));
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** w_i of DCLW, one per sample. */
export function weights(z1: Rows, z2: Rows, sigma: number): number[] {
  return weightsOf(
    z1.map((row, i) => dot(unit(row), unit(z2[i]!))),
    sigma,
  );
}

/** w of DCLW for each anchor. @param similarities - of each anchor with its positive */
export function weightsOf(similarities: readonly number[], sigma: number): number[] {
  const exponentials = similarities.map((similarity) => Math.exp(similarity / sigma));
  return exponentials.map((x) => 2 - x / mean(exponentials));
}

/** The loss; `fixedWeights` are DCLW's w, which the gradient takes as constants. */
export function referenceLoss(
  name: LossName,
  z1: Rows,
  z2: Rows,
  temperature: number,
  fixedWeights: readonly number[] = [],
): number {
  return lossOfExponents(name, pairExponents(z1, z2, temperature), [...fixedWeights, ...fixedWeights]);
}

/** The mean of the anchors' terms. @param fixedWeights - DCLW's w of each anchor */
export function lossOfExponents(
  name: LossName,
  anchors: readonly Exponents[],
  fixedWeights: readonly number[] = [],
): number {
  return mean(
    anchors.map(({ positive, negatives }, index) => {
      const logU = logOfSum(negatives);
      if (name === 'infonce') return logOfSum([positive, logU]) - positive;
      return logU - (name === 'dclw' ? fixedWeights[index]! : 1) * positive;
    }),
  );
}

/** q of each anchor, view 1 before view 2. */
export function referenceMultiplier(z1: Rows, z2: Rows, temperature: number): number[] {
  return multipliersOf(pairExponents(z1, z2, temperature));
}

/** q of each anchor. */
export function multipliersOf(anchors: readonly Exponents[]): number[] {
  return anchors.map(({ positive, negatives }) => {
    const logU = logOfSum(negatives);
    return Math.exp(logU - logOfSum([positive, logU]));
  });
}
