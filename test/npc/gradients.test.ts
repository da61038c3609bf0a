import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { normalise } from '../../src/losses/index.js';
import { type Anchor, gradients } from '../../src/npc/index.js';
import { engines, useAnyEngine } from '../engines.js';
import golden from '../golden/losses.json' with { type: 'json' };
import { sines, views } from '../losses/embeddings.js';
import type { Rows } from '../losses/reference.js';

const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));
const anchorsOf = (images: number): Anchor[] =>
  ([1, 2] as const).flatMap((view) => Array.from({ length: images }, (_, image) => ({ view, image })));

/** The paper's term of one anchor, log(exp(positive) + U) - positive or log U - positive, of free vectors. */
function term(
  z1: tf.Tensor2D,
  z2: tf.Tensor2D,
  { view, image }: Anchor,
  temperature: number,
  decoupled: boolean,
) {
  const all = tf.concat([z1, z2]);
  const images = z1.shape[0];
  const own = (view - 1) * images + image;
  const row = tf.slice(all, [own, 0], [1, z1.shape[1]]);
  const exponents = tf.div(tf.squeeze(tf.matMul(all, row, false, true)), temperature);
  const positive = (own + images) % (2 * images);
  const compared = Array.from({ length: 2 * images }, (_, candidate) => candidate).filter(
    (candidate) => candidate !== own && !(decoupled && candidate === positive),
  );
  const kept = tf.gather(exponents, tf.tensor1d(compared, 'int32'));
  return tf.sub(tf.logSumExp(kept), tf.squeeze(tf.slice(exponents, [positive], [1]))) as tf.Scalar;
}

/** What autodiff gives for both views, [2, N, d]. */
function differentiated(
  z1: tf.Tensor2D,
  z2: tf.Tensor2D,
  anchor: Anchor,
  temperature: number,
  decoupled = false,
) {
  return tf.tidy(() => {
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      term(a as tf.Tensor2D, b as tf.Tensor2D, anchor, temperature, decoupled);
    return (tf.stack(tf.grads(loss)([z1, z2])) as tf.Tensor3D).arraySync();
  });
}

/** The closed form, its three parts put where they belong, [2, N, d]. */
function closedForm(z1: tf.Tensor2D, z2: tf.Tensor2D, anchor: Anchor, temperature: number, factor = 1) {
  return tf.tidy(() => {
    const parts = gradients(z1, z2, { ...anchor, temperature });
    const negatives = parts.negatives.arraySync();
    const images = z1.shape[0];
    return [1, 2].map((view) =>
      Array.from({ length: images }, (_, image) => {
        const others = negatives.slice((view - 1) * (images - 1), view * (images - 1));
        const row =
          image === anchor.image
            ? (view === anchor.view ? parts.anchor : parts.positive).arraySync()
            : others[image < anchor.image ? image : image - 1]!;
        return row.map((value) => value * factor);
      }),
    );
  });
}

function largestDifference(a: number[][][], b: number[][][]): number {
  const expected = b.flat(2);
  return Math.max(...a.flat(2).map((value, i) => Math.abs(value - expected[i]!)));
}

describe.each(engines)('gradients on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  it.each([0.1, 0.5, 2])(
    'are those of autodiff for every anchor, to 1e-5, at temperature %d',
    (temperature) => {
      const [z1, z2] = sines(5, 3).map((rows) => normalise(tensor(rows))) as [tf.Tensor2D, tf.Tensor2D];
      for (const anchor of anchorsOf(5)) {
        const difference = largestDifference(
          closedForm(z1, z2, anchor, temperature),
          differentiated(z1, z2, anchor, temperature),
        );
        expect(difference).toBeLessThan(1e-5);
      }
    },
  );

  it('divided by q are those of DCL', () => {
    const [z1, z2] = sines(4, 6).map((rows) => normalise(tensor(rows))) as [tf.Tensor2D, tf.Tensor2D];
    for (const anchor of anchorsOf(4)) {
      const q = gradients(z1, z2, { ...anchor, temperature: 0.2 }).multiplier.dataSync()[0]!;
      const difference = largestDifference(
        closedForm(z1, z2, anchor, 0.2, 1 / q),
        differentiated(z1, z2, anchor, 0.2, true),
      );
      expect(difference).toBeLessThan(1e-5);
    }
  });

  it.each(golden.multipliers)('are those of PyTorch in float64 at temperature $temperature', (expected) => {
    const { temperature, q, firstAnchorGradients } = expected;
    const rows = sines(golden.images, golden.features).map((view) => normalise(tensor(view)));
    const [z1, z2] = rows as [tf.Tensor2D, tf.Tensor2D];
    const first: Anchor = { view: 1, image: 0 };
    const scale = Math.max(1, ...firstAnchorGradients.flat(2).map(Math.abs));
    const difference = largestDifference(closedForm(z1, z2, first, temperature), firstAnchorGradients);
    // float32 has the exponents, cosines / temperature, to about 1e-7 / temperature.
    expect(difference / scale).toBeLessThan(Math.max(1e-5, 5e-7 / temperature));
    expect(gradients(z1, z2, { ...first, temperature }).multiplier.dataSync()[0]).toBeCloseTo(q[0]![0]!, 5);
  });

  it('take vectors of any length as they are', () => {
    const [z1, z2] = sines(3, 4).map((rows) => tf.mul(tensor(rows), 1.5)) as [tf.Tensor2D, tf.Tensor2D];
    const anchor: Anchor = { view: 2, image: 1 };
    const closed = closedForm(z1, z2, anchor, 1);
    expect(largestDifference(closed, differentiated(z1, z2, anchor, 1))).toBeLessThan(1e-5);
    const unit = closedForm(normalise(z1), normalise(z2), anchor, 1);
    expect(largestDifference(closed, unit)).toBeGreaterThan(0.1);
  });
});

describe('gradients', () => {
  beforeAll(useAnyEngine);

  it('share U among the negatives, and push them as hard in all as the positive is pulled', () =>
    fc.assert(
      fc.property(views, fc.constantFrom(0.05, 0.1, 0.5), fc.nat(), ([rows1, rows2], temperature, choice) => {
        tf.tidy(() => {
          const [z1, z2] = [normalise(tensor(rows1)), normalise(tensor(rows2))];
          const anchors = anchorsOf(rows1.length);
          const parts = gradients(z1, z2, { ...anchors[choice % anchors.length]!, temperature });
          const shares = [...parts.shares.dataSync()];
          const [q] = parts.multiplier.dataSync();
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
          for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
          expect(q).toBeGreaterThan(0);
          expect(q).toBeLessThanOrEqual(1);
          const pull = tf.norm(parts.positive).dataSync()[0]!;
          const push = tf.sum(tf.norm(parts.negatives, 2, 1)).dataSync()[0]!;
          expect(push / pull).toBeCloseTo(1, 4);
          expect((pull * temperature) / q!).toBeCloseTo(1, 4);
        });
      }),
    ));

  it.each([
    [{ view: 3 as 1, image: 0 }, "view is '3'; choose 1, 2"],
    [{ view: 1 as const, image: 2 }, 'image is 2'],
    [{ view: 1 as const, image: 0, temperature: 0 }, 'temperature is 0'],
  ])('refuse %j', (options, message) => {
    const two = tf.ones<tf.Rank.R2>([2, 3]);
    expect(() => gradients(two, two, options)).toThrow(message);
    expect(() => gradients(two, two, options)).toThrow(InputError);
  });
});
