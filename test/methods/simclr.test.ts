import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { dcl } from '../../src/losses/index.js';
import { type SimclrOptions, simclr } from '../../src/methods/index.js';
import { keepingStatistics } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';
import { lossNames, pairExponents } from '../losses/reference.js';
import { smallEncoder } from '../train/small-run.js';
import { embeddedViews, expectResult, head, lossOf, temperature, tensor, viewsOf } from './small-learner.js';

const started = (options: Partial<SimclrOptions> = {}) =>
  simclr({ loss: dcl(), head, ...options }).start(smallEncoder(), 1);

beforeAll(useAnyEngine);

describe("SimCLR's loss", () => {
  test.each(lossNames)('without small crops is that of the two views: %s', (name) =>
    fc.assert(
      fc.property(embeddedViews(2), (views) => {
        const [z1, z2] = views.map(tensor);
        const { loss } = started({ loss: lossOf(name) }).compare({ trained: [z1!, z2!], constant: [] });
        expect(loss.arraySync()).toBe(lossOf(name)(z1!, z2!).arraySync());
      }),
      { numRuns: 10 },
    ),
  );

  test.each(lossNames)(
    'takes the mean over the views with each other and with every small crop: %s',
    (name) =>
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 3 }), embeddedViews(5), (count, [z1, z2, ...all]) => {
          const crops = all.slice(0, count);
          const pairs = [[z1!, z2!], ...crops.flatMap((crop) => [z1!, z2!].map((view) => [view, crop]))];
          const anchors = pairs.flatMap(([a, b]) => pairExponents(a!, b!, temperature));
          const trained = [z1!, z2!, ...crops].map(tensor);
          expectResult(started({ loss: lossOf(name) }).compare({ trained, constant: [] }), name, anchors);
        }),
        { numRuns: 10 },
      ),
  );
});

test('SimCLR embeds the two views as one batch, and small crops as another', () => {
  const { models, trained, embed } = started();
  const views = viewsOf(6, 6, 4, 4);
  const expected = [views.slice(0, 2), views.slice(2)].flatMap((group) =>
    keepingStatistics(trained, () => {
      const features = models.encoder!.apply(tf.concat(group), { training: true });
      return tf.split(models.projection!.apply(features, { training: true }) as tf.Tensor2D, 2);
    }),
  );
  const embedded = embed(views);
  expect(embedded.trained.map((z) => z.arraySync())).toEqual(expected.map((z) => z.arraySync()));
  expect(embedded.constant).toEqual([]);
});
