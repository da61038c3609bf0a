import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Computation, expectSame, values } from '../compare.js';

const special = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3.5,
  1e-30,
  100,
];

type Unary = (x: tf.Tensor) => tf.Tensor;

const everywhere: Record<string, Unary> = {
  abs: tf.abs,
  atan: tf.atan,
  asinh: tf.asinh,
  ceil: tf.ceil,
  cosh: tf.cosh,
  elu: tf.elu,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: tf.relu6,
  round: tf.round,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sinh: tf.sinh,
  softplus: tf.softplus,
  square: tf.square,
  step: (x) => tf.step(x, 0.25),
  'step with alpha 0': (x) => tf.step(x),
  tanh: tf.tanh,
  clipByValue: (x) => tf.clipByValue(x, -0.7, 0.4),
  'cast to int32': (x) =>
    tf.cast(tf.clipByValue(tf.where(tf.isNaN(x), tf.zerosLike(x), x), -1000, 1000), 'int32'),
  'cast to bool': (x) => tf.cast(tf.where(tf.isNaN(x), tf.zerosLike(x), x), 'bool'),
};

/** Functions with a smaller domain, or whose values at infinity are anyone's guess. */
const somewhere: Record<string, { readonly compute: Unary; readonly low: number; readonly high: number }> = {
  acos: { compute: tf.acos, low: -1, high: 1 },
  acosh: { compute: tf.acosh, low: 1, high: 9 },
  asin: { compute: tf.asin, low: -1, high: 1 },
  atanh: { compute: tf.atanh, low: -0.9, high: 0.9 },
  cos: { compute: tf.cos, low: -9, high: 9 },
  erf: { compute: tf.erf, low: -3, high: 3 },
  log: { compute: tf.log, low: 0, high: 9 },
  log1p: { compute: tf.log1p, low: -0.9, high: 9 },
  'log1p near zero': { compute: tf.log1p, low: -1e-6, high: 1e-6 },
  'expm1 near zero': { compute: tf.expm1, low: -1e-6, high: 1e-6 },
  rsqrt: { compute: tf.rsqrt, low: 0.01, high: 9 },
  sin: { compute: tf.sin, low: -9, high: 9 },
  sqrt: { compute: tf.sqrt, low: 0, high: 9 },
};

describe('a function of one element', () => {
  it.each(Object.entries(everywhere))('%s equals the plain kernel, special values included', (_, compute) =>
    expectSame(() => compute(tf.concat([values([20], 2, -3, 3), tf.tensor1d(special)])), { within: 2e-5 }),
  );

  it.each(Object.entries(somewhere))('%s equals the plain kernel', (_, { compute, low, high }) =>
    expectSame(() => compute(values([40], 3, low, high)), { within: 2e-5 }),
  );

  it('log1p and expm1 keep their precision near zero', () =>
    expectSame(() => [
      tf.mul(tf.log1p(values([9], 4, 0, 1e-6)), 1e6),
      tf.mul(tf.expm1(values([9], 4, 0, 1e-6)), 1e6),
    ]));

  it('abs, neg, sign and square keep integers', () =>
    expectSame(() => {
      const x = tf.tensor1d([-3, 0, 7], 'int32');
      return [tf.abs(x), tf.neg(x), tf.sign(x), tf.square(x)];
    }));

  it('logicalNot flips booleans', () => expectSame(() => tf.logicalNot(tf.tensor1d([true, false], 'bool'))));
});

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const arithmetic: Record<string, Binary> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  floorDiv: tf.floorDiv,
  mod: tf.mod,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  equal: tf.equal,
  notEqual: tf.notEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
};

/** A pair of shapes of which one broadcasts to the other. */
const broadcastingShapes = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    fc.nat(4),
  )
  .map(([shape, squeezed, dropped]) => {
    const other = shape
      .map((size, axis) => (squeezed[axis] ? 1 : size))
      .slice(Math.min(dropped, shape.length));
    return [shape, other] as const;
  });

describe('a function of two elements', () => {
  it.each(Object.entries(arithmetic))('%s broadcasts like the plain kernel', (_, compute) =>
    fc.assert(
      fc.asyncProperty(broadcastingShapes, fc.boolean(), ([first, second], swapped) => {
        const operands = (): [tf.Tensor, tf.Tensor] => {
          // Steps of a half make equal elements, and remainders without rounding, likely.
          const a = tf.div(tf.round(values(first, 5, -6, 6)), 2);
          const b = tf.div(tf.round(tf.mul(values(second, 6, -6, 6), 1)), 2);
          const divisor = tf.where(tf.equal(b, 0), tf.onesLike(b), b);
          return swapped ? [divisor, tf.where(tf.equal(a, 0), tf.onesLike(a), a)] : [a, divisor];
        };
        return expectSame(() => compute(...operands()));
      }),
      { numRuns: 8 },
    ),
  );

  it.each(Object.entries(arithmetic))('%s of integers, zeros and negatives included', (_, compute) =>
    expectSame(() =>
      compute(tf.tensor1d([7, -7, 7, -7, 0, 5, 3], 'int32'), tf.tensor1d([2, 2, -2, -2, 3, 0, 3], 'int32')),
    ),
  );

  it.each(Object.entries(arithmetic).filter(([name]) => !['floorDiv', 'mod'].includes(name)))(
    '%s of special values',
    (_, compute) =>
      expectSame(() => compute(tf.tensor1d(special), tf.tensor1d([...special.slice(1), special[0]!]))),
  );

  it('pow, prelu and the gradient of elu', () =>
    expectSame(
      () => [
        tf.pow(values([3, 4], 1, 0.1, 2), values([4], 2, -2, 2)),
        tf.pow(values([9], 1, -2, 2), 2),
        tf.prelu(values([2, 3, 4]), values([4], 2)),
        tf.grad((x: tf.Tensor) => tf.elu(x))(values([12])),
      ],
      { within: 3e-5 },
    ));

  it('and, or, xor of booleans', () => {
    const pair: Computation = () => {
      const a = tf.tensor1d([true, true, false, false], 'bool');
      const b = tf.tensor1d([true, false, true, false], 'bool');
      return [tf.logicalAnd(a, b), tf.logicalOr(a, b), tf.logicalXor(a, b)];
    };
    return expectSame(pair);
  });

  it('addN adds a list', () =>
    expectSame(() => tf.addN([values([2, 3]), values([2, 3], 2), values([2, 3], 3)])));
});

describe('a choice', () => {
  it.each(['float32', 'int32', 'bool'] as const)('where picks %s elements', (dtype) =>
    expectSame(() =>
      tf.where(
        tf.tensor2d([true, false, false, true], [2, 2], 'bool'),
        tf.tensor2d([1, 0, 1, 0], [2, 2], dtype),
        tf.tensor2d([0, 1, 1, 1], [2, 2], dtype),
      ),
    ),
  );
});

describe('constants', () => {
  it('fill, zerosLike, onesLike, broadcastTo, rank 0 included', () =>
    expectSame(() => [
      tf.fill([2, 3], 1.5),
      tf.fill([], 4, 'int32'),
      tf.zerosLike(values([2, 2])),
      tf.onesLike(tf.tensor1d([3, 4], 'int32')),
      tf.broadcastTo(values([2, 1]), [3, 2, 4]),
      tf.add(tf.scalar(2), 3),
    ]));

  it.each([
    ['float32', 'int32'],
    ['float32', 'bool'],
    ['int32', 'float32'],
    ['int32', 'bool'],
    ['bool', 'float32'],
    ['bool', 'int32'],
  ] as const)('cast from %s to %s', (from, to) =>
    expectSame(() => tf.cast(tf.tensor1d([0, 1, 1, 0], from), to)),
  );
});
