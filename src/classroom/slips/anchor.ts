import { type Batch, dot } from '../batch.js';
import { type Lengths, scaledViews } from './lengths.js';

/** How a formula of one anchor was read: of each choice, the right one (first, unless the formula says else) or a wrong one. */
export interface AnchorReading {
  readonly lengths: Lengths;
  readonly temperature: 'divides' | 'left out' | 'multiplies' | 'positive alone' | 'negatives alone';
  readonly positive: 'other view' | 'next image' | 'anchor itself';
  readonly negatives: 'both views' | 'other view' | 'own view';
  /** Whether the anchor's similarity with itself is in the denominator. */
  readonly itself: 'out' | 'in';
  /** Whether the positive is in the denominator: in InfoNCE and q it is, in U and DCL it is not. */
  readonly positiveBelow: 'in' | 'out';
  readonly exponential: 'taken' | 'left out';
  readonly sum: 'sum' | 'mean of the negatives' | 'mean of all' | 'left out';
  readonly logarithm: 'natural' | 'base 2' | 'base 10' | 'left out';
  readonly sign: 'right' | 'turned' | 'turned for the positive';
  readonly fraction: 'negatives' | 'positive' | 'ratio';
  readonly order: 'view 1 first' | 'side by side';
}

/** The parts of the formula for one anchor. */
export interface AnchorParts {
  /** p = <anchor, positive> / temperature. */
  readonly positive: number;
  /** exp(p), what stands above the denominator. */
  readonly numerator: number;
  /** What the logarithm is taken of, or U. */
  readonly denominator: number;
}

/** The formula for each anchor, in the order of the result, as it was read. */
export function anchorParts(reading: AnchorReading, batch: Batch): AnchorParts[] {
  const views = scaledViews(batch, reading.lengths);
  return anchors(batch.images, reading.order).map(([view, image]) =>
    partsOf(reading, batch, views, view, image),
  );
}

/** View (0 or 1) and image of each row of the result. */
export function anchors(
  images: number,
  order: AnchorReading['order'] = 'view 1 first',
): (readonly [number, number])[] {
  return Array.from({ length: 2 * images }, (_, row) =>
    order === 'view 1 first' ? [Math.floor(row / images), row % images] : [row % 2, Math.floor(row / 2)],
  );
}

type Views = ReturnType<typeof scaledViews>;

function partsOf(
  reading: AnchorReading,
  { images, temperature }: Batch,
  views: Views,
  view: number,
  image: number,
): AnchorParts {
  const anchor = views[view]![image]!;
  const scale = scales(reading.temperature, temperature);
  const similarity = (k: number, j: number) => dot(anchor, views[k]![j]!);
  const term = (scaled: number) => (reading.exponential === 'taken' ? Math.exp(scaled) : scaled);

  const positive = scale.positive * positiveSimilarity(reading.positive, similarity, { images, view, image });
  const compared = { 'both views': [0, 1], 'other view': [1 - view], 'own view': [view] }[reading.negatives];
  const negatives = compared.flatMap((k) =>
    Array.from({ length: images }, (_, j) => j)
      .filter((j) => j !== image)
      .map((j) => term(scale.negatives * similarity(k, j))),
  );
  if (reading.itself === 'in') negatives.push(term(scale.negatives * similarity(view, image)));
  const below = reading.positiveBelow === 'in' ? [term(positive)] : [];
  return { positive, numerator: term(positive), denominator: combined(reading.sum, negatives, below) };
}

function scales(choice: AnchorReading['temperature'], temperature: number) {
  const whole = { divides: 1 / temperature, multiplies: temperature, 'left out': 1 } as const;
  if (choice === 'positive alone') return { positive: 1 / temperature, negatives: 1 };
  if (choice === 'negatives alone') return { positive: 1, negatives: 1 / temperature };
  return { positive: whole[choice], negatives: whole[choice] };
}

function positiveSimilarity(
  choice: AnchorReading['positive'],
  similarity: (view: number, image: number) => number,
  { images, view, image }: { readonly images: number; readonly view: number; readonly image: number },
): number {
  switch (choice) {
    case 'other view':
      return similarity(1 - view, image);
    case 'next image':
      return similarity(1 - view, (image + 1) % images);
    case 'anchor itself':
      return similarity(view, image);
  }
}

function combined(
  choice: AnchorReading['sum'],
  negatives: readonly number[],
  below: readonly number[],
): number {
  if (choice === 'left out') return 1;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  if (choice === 'mean of the negatives') return sum(negatives) / negatives.length + sum(below);
  const all = [...negatives, ...below];
  return choice === 'mean of all' ? sum(all) / all.length : sum(all);
}
