import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { type LarsOptions, lars, type OptimiserChoice, type SgdOptions, sgd } from '../../src/train/index.js';
import { engines } from '../engines.js';
import { chirp, relativeError } from '../models/chirp.js';

interface Golden {
  readonly weights: readonly {
    readonly shape: readonly number[];
    readonly scale: number;
    readonly biasOrNorm: boolean;
  }[];
  readonly rates: readonly number[];
  readonly zeroGradients: readonly number[];
  readonly cases: readonly {
    readonly name: 'sgd' | 'lars';
    readonly options: SgdOptions & LarsOptions;
    readonly steps: readonly (readonly (readonly number[])[])[];
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/optimisers.json', import.meta.url), 'utf8'),
);

function startedOn(choice: OptimiserChoice) {
  const weights = golden.weights.map(({ shape, scale }, i) =>
    tf.tidy(() => tf.variable(tf.mul(chirp(shape, i), scale))),
  );
  const biasesAndNorms = weights.filter((_, i) => golden.weights[i]!.biasOrNorm);
  return { weights, optimiser: choice.start(weights, new Set(biasesAndNorms)) };
}

function gradientsOf(step: number): tf.Tensor[] {
  return golden.weights.map(({ shape }, i) => {
    const zero = i === 0 && golden.zeroGradients.includes(step);
    return tf.mul(chirp(shape, 10 + 3 * step + i), zero ? 0 : 0.1);
  });
}

describe.each(engines)('on the engine %s', (name) => {
  beforeAll(async () => {
    await engine.use({ name, threads: 1 });
  });

  test.each(golden.cases)('$name $options gives the golden weights after each step', (each) => {
    const { weights, optimiser } = startedOn({ sgd, lars }[each.name](each.options));
    const step = engine.replayable(
      (rate, ...gradients) => {
        optimiser.step(gradients, rate as tf.Scalar);
        return [];
      },
      [...weights, ...Object.values(optimiser.slots).flat()],
    );
    for (const [t, rate] of golden.rates.entries()) {
      tf.tidy(() => step(tf.scalar(rate), ...gradientsOf(t)));
      for (const [i, weight] of weights.entries()) {
        expect(relativeError(weight.dataSync(), each.steps[t]![i]!)).toBeLessThan(2e-6);
      }
    }
  });
});

const choices = [sgd(), lars({ form: 'google' }), lars({ form: 'pytorch' }), lars({ clip: true })];

describe.each(choices)('$name $settings', (choice) => {
  beforeAll(async () => {
    await engine.use({ name: 'onnxruntime', threads: 1 });
  });

  test('leaves no tensors behind, and none at all when disposed', () => {
    const gradients = gradientsOf(0);
    const rate = tf.scalar(0.1);
    const before = tf.memory().numTensors;
    const { weights, optimiser } = startedOn(choice);
    const { numTensors } = tf.memory();
    optimiser.step(gradients, rate);
    optimiser.step(gradients, rate);
    expect(tf.memory().numTensors).toBe(numTensors);
    optimiser.dispose();
    tf.dispose(weights);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is compiled once, whatever the learning rate, and computes nothing in plain JavaScript', () => {
    const { weights, optimiser } = startedOn(choice);
    const gradients = gradientsOf(0);
    const stepAt = (rate: number) => {
      tf.tidy(() => optimiser.step(gradients, tf.scalar(rate)));
      for (const weight of weights) weight.dataSync();
    };
    const { plainKernels } = engine.statistics();
    stepAt(0.1);
    const { compilations } = engine.statistics();
    stepAt(0.2);
    expect(engine.statistics()).toMatchObject({ compilations, plainKernels });
  });
});

describe('LARS', () => {
  beforeAll(async () => {
    await engine.use({ name: 'cpu' });
  });

  /** Without momentum and decay: how far a step moved the weight [3, 4] under the gradient [0.6, 0.8], norms 5 and 1. */
  function moved(options: LarsOptions, rate: number): number {
    const weight = tf.variable(tf.tensor2d([[3, 4]]));
    const optimiser = lars({ momentum: 0, weightDecay: 0, ...options }).start([weight]);
    optimiser.step([tf.tensor2d([[0.6, 0.8]])], tf.scalar(rate));
    return 5 - tf.norm(weight).dataSync()[0]!;
  }

  test.each(['google', 'pytorch'] as const)(
    'in the form %s moves a weight by eta x rate of its norm',
    (form) => {
      expect(moved({ form, trustCoefficient: 0.01 }, 0.5)).toBeCloseTo(0.5 * 0.01 * 5, 6);
    },
  );

  test('clipped takes the lower of eta |w| / |g| and the learning rate', () => {
    expect(moved({ clip: true, trustCoefficient: 0.01 }, 0.5)).toBeCloseTo(0.01 * 5, 6);
    expect(moved({ clip: true, trustCoefficient: 0.5 }, 0.1)).toBeCloseTo(0.1, 6);
  });

  test('a lower learning rate leaves older updates in the form google and lowers them in the form pytorch', () => {
    const lastMove = (form: 'google' | 'pytorch') => {
      const weight = tf.variable(tf.tensor2d([[3, 4]]));
      const optimiser = lars({ form, momentum: 0.9, weightDecay: 0, trustCoefficient: 0.01 }).start([weight]);
      optimiser.step([tf.tensor2d([[0.6, 0.8]])], tf.scalar(1));
      const before = tf.norm(weight).dataSync()[0]!;
      optimiser.step([tf.tensor2d([[0, 0]])], tf.scalar(0.1));
      return before - tf.norm(weight).dataSync()[0]!;
    };
    expect(lastMove('google')).toBeCloseTo(0.9 * 0.05, 6);
    expect(lastMove('pytorch')).toBeCloseTo(0.1 * 0.9 * 0.05, 6);
  });

  test.each([
    [{ form: 'apex' as 'google' }, "form is 'apex'; choose google, pytorch"],
    [{ momentum: 2 }, 'momentum is 2'],
    [{ trustCoefficient: 0 }, 'trustCoefficient is 0'],
    [{ weightDecay: -1 }, 'weightDecay is -1'],
    [{ epsilon: Number.NaN }, 'epsilon is NaN'],
    [{ form: 'google' as const, clip: true }, 'clip is true, but LARS in the form google has none'],
  ])('refuses %o', (options, message) => {
    expect(() => lars(options)).toThrow(message);
  });
});

test.each([
  [{ momentum: Number.NaN }, 'momentum is NaN'],
  [{ weightDecay: -1 }, 'weightDecay is -1'],
])('SGD refuses %o', (options, message) => {
  expect(() => sgd(options)).toThrow(message);
});
