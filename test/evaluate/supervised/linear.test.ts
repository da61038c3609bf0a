import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { use } from '../../../src/engine/index.js';
import { embed, fineTune, linearEvaluation, onlineLinearEvaluation } from '../../../src/evaluate/index.js';
import { engines } from '../../engines.js';
import { eventsOf, resultOf, small, smallEncoder, unchanged } from './small-evaluation.js';

async function valuesOf(model: tf.LayersModel): Promise<number[][]> {
  return Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
}

describe.each(engines)('on %s', (name) => {
  beforeAll(async () => {
    await use({ name });
  });

  test('online linear evaluation without augmentation is linear evaluation of the features', async () => {
    const encoder = smallEncoder();
    const options = { batchSize: 4, epochs: 3, learningRate: 2, seed: 3 };
    const { train, test: held, ...online } = small({ encoder, views: unchanged, ...options });
    const losses: number[] = [];
    const expected = await linearEvaluation(await embed(encoder, train), await embed(encoder, held), {
      ...options,
      standardise: false,
      onEpoch: (_epoch, _epochs, loss) => losses.push(loss),
    });
    const result = await resultOf(onlineLinearEvaluation({ ...online, train, test: held }));
    expect(result.history.map(({ loss }) => loss)).toEqual(losses.map((loss) => expect.closeTo(loss, 5)));
    expect(losses[2]!).toBeLessThan(losses[0]!);
    expect([...result.predictions]).toEqual([...expected.predictions]);
    expect([...result.logLikelihoods]).toEqual(
      Array.from(expected.logLikelihoods, (value) => expect.closeTo(value, 4)),
    );
    expect(result.top1).toBe(expected.top1);
  });

  test.each([
    ['linear evaluation', onlineLinearEvaluation],
    ['fine-tuning', fineTune],
  ])('%s leaves every weight of the encoder as it was, and no tensors behind', async (_, evaluate) => {
    const encoder = smallEncoder();
    const before = await valuesOf(encoder);
    // The first run makes what an engine keeps.
    await resultOf(evaluate(small({ encoder, epochs: 1 })));
    const tensors = tf.memory().numTensors;
    await resultOf(evaluate(small({ encoder, epochs: 1 })));
    expect(tf.memory().numTensors).toBe(tensors);
    expect(await valuesOf(encoder)).toEqual(before);
  });

  test('the last epoch is what is reported, the maximum is named as such', async () => {
    const events = await eventsOf(onlineLinearEvaluation(small({ epochs: 4, learningRate: 5 })));
    const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event] : []));
    const end = events.at(-1)!;
    if (end.type !== 'end') throw new Error('no end');
    const { result } = end;
    expect(result?.top1).toBe(epochs[3]!.top1);
    expect(result?.history).toEqual(epochs);
    const highest = Math.max(...epochs.map(({ top1 }) => top1));
    expect(result?.maximumOverEpochs.top1).toBe(highest);
    expect(epochs[result!.maximumOverEpochs.epoch - 1]!.top1).toBe(highest);
  });
});

test('a run reports its steps, with what is left, its epochs and its end', async () => {
  const events = await eventsOf(onlineLinearEvaluation(small()));
  expect(events.map(({ type }) => type).join(' ')).toBe(
    'start step step step measuring measuring measuring epoch step step step measuring measuring measuring epoch end',
  );
  expect(events[0]).toMatchObject({
    title: 'linear evaluation of small on noise train',
    totalSteps: 6,
    stepsPerEpoch: 3,
    epochs: 2,
  });
  const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
  expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [6, 2],
  ]);
  expect(steps[0]).toMatchObject({ loss: expect.closeTo(Math.log(3), 5), learningRate: 0.1 });
  expect(steps[3]!.learningRate).toBeCloseTo(0.05, 10);
  expect(steps.every(({ imagesPerSecond }) => imagesPerSecond > 0)).toBe(true);
  expect(steps[5]!.secondsLeft).toBe(0);
});

test('the defaults are those of the protocols', async () => {
  const { encoder, train, test: held } = small();
  const first = async (run: ReturnType<typeof fineTune>) => {
    const seen = [];
    for await (const event of run) {
      seen.push(event);
      if (event.type === 'step') break;
    }
    return seen;
  };
  // One batch of all twelve images, so that every step is an epoch's last.
  const [linear, linearStep] = await first(onlineLinearEvaluation({ encoder, train, test: held }));
  expect(linear).toMatchObject({ epochs: 90, stepsPerEpoch: 1 });
  expect(linearStep).toMatchObject({ learningRate: (0.1 * 12) / 256 });
  const [tuning, tuningStep] = await first(fineTune({ encoder, train, test: held }));
  expect(tuning).toMatchObject({ epochs: 30, stepsPerEpoch: 1 });
  expect(tuningStep).toMatchObject({ learningRate: (0.05 * 12) / 256 });
});
