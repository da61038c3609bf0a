import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { simclrViews } from '../../src/data/index.js';
import { use } from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { loadModels } from '../../src/train/index.js';
import { engines, useAnyEngine } from '../engines.js';
import { crossExponents, multipliersOf, unit } from '../losses/reference.js';
import { eachWithAFolder, leaveAt } from '../train/run-in-folder.js';
import { eventsOf, losses, smallEncoder, smallRun } from '../train/small-run.js';
import { byol } from './byol.js';
import { embeddedViews, head, tensor, valuesOf } from './small-learner.js';

const method = byol({ loss: dcl(), head, targetMomentum: 0.9 });

const folder = eachWithAFolder();

beforeEach(useAnyEngine);

describe('BYOL, a method of one file', () => {
  test('lowers its loss', async () => {
    const views = simclrViews({
      cropScale: [1, 1],
      cropRatio: [1, 1],
      flipProbability: 0,
      jitterProbability: 0,
    });
    const encoder = smallEncoder(4);
    const run = smallRun({ encoder, method, views, batchSize: 12, epochs: 20, learningRate: 0.05 });
    const values = losses(await eventsOf(run));
    expect(values.at(-1)!).toBeLessThan(values[0]! / 2);
  });

  test.each(engines)('resumes from a checkpoint to the same weights and losses on %s', async (engine) => {
    await use({ name: engine, threads: 1 });
    const whole = join(folder(), '..', 'whole');
    const expected = losses(await eventsOf(smallRun({ method, checkpoint: whole })));
    await leaveAt(4, folder(), { method });
    const resumed = await eventsOf(smallRun({ method, checkpoint: folder(), existing: 'resume' }));
    expect(losses(resumed)).toEqual(expected.slice(4));
    const [one, other] = await Promise.all([loadModels(folder()), loadModels(whole)]);
    expect(Object.keys(one)).toEqual([
      ...['encoder', 'projection', 'prediction', 'targetEncoder', 'targetProjection'],
    ]);
    for (const [name, model] of Object.entries(one)) expect(valuesOf(model)).toEqual(valuesOf(other[name]!));
  });

  test('compares each prediction with the other view, small crops with both', () =>
    fc.assert(
      fc.property(embeddedViews(5), ([t1, t2, p1, p2, crop]) => {
        const { compare } = method.start(smallEncoder(), 1);
        const constant = [t1!, t2!].map((z) => tensor(z.map(unit)));
        const { loss, multiplier } = compare({ trained: [p1!, p2!, crop!].map(tensor), constant });
        const pairs = [
          [p2!, t1!],
          [crop!, t1!],
          [p1!, t2!],
          [crop!, t2!],
        ] as const;
        const anchors = pairs.flatMap(([prediction, target]) => crossExponents(prediction, target, 0.1));
        const cosines = anchors.map(({ positive }) => positive * 0.1);
        const mean = cosines.reduce((sum, x) => sum + x, 0) / cosines.length;
        expect(loss.arraySync()).toBeCloseTo(2 - 2 * mean, 5);
        const q = multiplier.dataSync();
        for (const [i, expected] of multipliersOf(anchors).entries()) expect(q[i]).toBeCloseTo(expected, 5);
      }),
      { numRuns: 10 },
    ));

  test.each([-1, 1.5, Number.NaN])('refuses the momentum %d', (targetMomentum) => {
    expect(() => byol({ loss: dcl(), targetMomentum })).toThrow(InputError);
  });
});
