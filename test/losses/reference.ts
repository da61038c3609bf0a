/** The paper's formulas, term by term, in float64: what the tensor code is compared with. */

export type Rows = readonly (readonly number[])[];

export type LossName = 'infonce' | 'dcl' | 'dclw';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

const unit = (a: readonly number[]) => a.map((x) => x / Math.sqrt(dot(a, a)));

/** Log of a sum of exponentials that may lie far outside float64's range. */
function logOfSum(exponents: readonly number[]): number {
  const largest = Math.max(...exponents);
  return largest + Math.log(exponents.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

/** Of each anchor, view 1 before view 2: the positive's exponent and log U. */
function anchors(z1: Rows, z2: Rows, temperature: number): { positive: number; logU: number }[] {
  const views = [z1.map(unit), z2.map(unit)];
  return views.flatMap((view, k) =>
    view.map((anchor, i) => {
      const negatives: number[] = [];
      for (const candidates of views) {
        for (const [j, candidate] of candidates.entries()) {
          if (j !== i) negatives.push(dot(anchor, candidate) / temperature);
        }
      }
      return { positive: dot(anchor, views[1 - k]![i]!) / temperature, logU: logOfSum(negatives) };
    }),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** w_i of DCLW, one per sample. */
export function weights(z1: Rows, z2: Rows, sigma: number): number[] {
  const exponentials = z1.map((row, i) => Math.exp(dot(unit(row), unit(z2[i]!)) / sigma));
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
  return mean(
    anchors(z1, z2, temperature).map(({ positive, logU }, index) => {
      if (name === 'infonce') return logOfSum([positive, logU]) - positive;
      const weight = name === 'dclw' ? fixedWeights[index % z1.length]! : 1;
      return logU - weight * positive;
    }),
  );
}

/** q of each anchor, view 1 before view 2. */
export function referenceMultiplier(z1: Rows, z2: Rows, temperature: number): number[] {
  return anchors(z1, z2, temperature).map(({ positive, logU }) =>
    Math.exp(logU - logOfSum([positive, logU])),
  );
}
