import type { AnchorParts, AnchorReading } from './anchor.js';

/** A formula of one anchor. */
export interface Formula {
  /** The reading that is right for it. */
  readonly right: AnchorReading;
  readonly value: (parts: AnchorParts, reading: AnchorReading) => number;
  /** What the result and its denominator are called in messages; undefined where the result is the denominator. */
  readonly result: string;
  readonly denominator: string | undefined;
}

const right: AnchorReading = {
  lengths: 'each row',
  temperature: 'divides',
  positive: 'other view',
  negatives: 'both views',
  itself: 'out',
  positiveBelow: 'in',
  exponential: 'taken',
  sum: 'sum',
  logarithm: 'natural',
  sign: 'right',
  fraction: 'negatives',
  order: 'view 1 first',
};

export const negativesFormula: Formula = {
  right: { ...right, positiveBelow: 'out', logarithm: 'left out' },
  value: ({ denominator }, { logarithm }) => (logarithm === 'natural' ? Math.log(denominator) : denominator),
  result: 'U',
  denominator: undefined,
};

export const infoNCEFormula: Formula = {
  right,
  value({ positive, numerator, denominator }, { logarithm, sign }) {
    const fraction = numerator / denominator;
    if (logarithm === 'left out') return sign === 'turned' ? fraction : -fraction;
    const loss = -Math.log(fraction) / bases[logarithm];
    return { right: loss, turned: -loss, 'turned for the positive': loss + 2 * positive }[sign];
  },
  result: 'loss',
  denominator: 'denominator, exp(p) + U',
};

export const dclFormula: Formula = {
  right: { ...right, positiveBelow: 'out' },
  value({ positive, denominator }, { logarithm, sign }) {
    const second = logarithm === 'left out' ? denominator : Math.log(denominator) / bases[logarithm];
    const loss = second - positive;
    return { right: loss, turned: -loss, 'turned for the positive': second + positive }[sign];
  },
  result: 'loss',
  denominator: 'U',
};

export const multiplierFormula: Formula = {
  right,
  value({ numerator, denominator }, { fraction }) {
    const share = numerator / denominator;
    return { negatives: 1 - share, positive: share, ratio: 1 / share - 1 }[fraction];
  },
  result: 'q',
  denominator: 'denominator, exp(p) + U',
};

const bases = { natural: 1, 'base 2': Math.LN2, 'base 10': Math.LN10 } as const;
