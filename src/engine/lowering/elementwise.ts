/** Element-wise operations keep the layout of their operands. */
import type { BinaryOperator, Dtype, UnaryOperator } from '../graph/operations.js';
import { elementwise } from './broadcast.js';
import type { Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
import { whereInfinite, whereNaN, whereNotFinite } from './not-finite.js';
import { commonLayout, type Value } from './value.js';

/** ONNX operators that mean the same, NaN included. */
const unaryOperators: Partial<Record<UnaryOperator, string>> = {
  abs: 'Abs',
  acos: 'Acos',
  acosh: 'Acosh',
  asin: 'Asin',
  asinh: 'Asinh',
  atan: 'Atan',
  atanh: 'Atanh',
  ceil: 'Ceil',
  cos: 'Cos',
  cosh: 'Cosh',
  elu: 'Elu',
  erf: 'Erf',
  exp: 'Exp',
  floor: 'Floor',
  log: 'Log',
  logicalNot: 'Not',
  neg: 'Neg',
  reciprocal: 'Reciprocal',
  relu: 'Relu',
  round: 'Round',
  selu: 'Selu',
  sigmoid: 'Sigmoid',
  sin: 'Sin',
  sinh: 'Sinh',
  softplus: 'Softplus',
  sqrt: 'Sqrt',
  tanh: 'Tanh',
};

const binaryOperators: Partial<Record<BinaryOperator, string>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  pow: 'Pow',
  maximum: 'Max',
  minimum: 'Min',
  prelu: 'PRelu',
  equal: 'Equal',
  less: 'Less',
  lessEqual: 'LessOrEqual',
  greater: 'Greater',
  greaterEqual: 'GreaterOrEqual',
  logicalAnd: 'And',
  logicalOr: 'Or',
};

type UnaryComposition = (x: string, dtype: Dtype, emitter: Emitter) => string;

const unaryCompositions: Partial<Record<UnaryOperator, UnaryComposition>> = {
  isFinite: (x, _, emitter) => emitter.emit('Not', [whereNotFinite(x, emitter)]),
  isInf: (x, _, emitter) => whereInfinite(x, emitter),
  isNaN: (x, _, emitter) => whereNaN(x, emitter),
  square: (x, _, emitter) => emitter.emit('Mul', [x, x]),
  sign: (x, dtype, emitter) => {
    const sign = emitter.emit('Sign', [x]);
    if (dtype === 'int32') return sign;
    return emitter.emit('Where', [whereNaN(x, emitter), emitter.scalar('float32', 0), sign]);
  },
  rsqrt: (x, _, emitter) => emitter.emit('Reciprocal', [emitter.emit('Sqrt', [x])]),
  relu6: (x, dtype, emitter) => emitter.emit('Clip', [x, emitter.scalar(dtype, 0), emitter.scalar(dtype, 6)]),
  expm1: (x, dtype, emitter) => {
    // Kahan: with u = exp(x), (u - 1) x / log(u) is accurate where u - 1 alone cancels.
    const one = emitter.scalar(dtype, 1);
    const u = emitter.emit('Exp', [x]);
    const difference = emitter.emit('Sub', [u, one]);
    const corrected = emitter.emit('Div', [emitter.emit('Mul', [difference, x]), emitter.emit('Log', [u])]);
    const small = emitter.emit('Less', [emitter.emit('Abs', [x]), one]);
    const nearZero = emitter.emit('Where', [emitter.emit('Equal', [u, one]), x, corrected]);
    return emitter.emit('Where', [small, nearZero, difference]);
  },
  log1p: (x, dtype, emitter) => {
    // Kahan: with u = 1 + x, log(u) x / (u - 1) undoes the rounding of the sum.
    const one = emitter.scalar(dtype, 1);
    const u = emitter.emit('Add', [x, one]);
    const logarithm = emitter.emit('Log', [u]);
    const corrected = emitter.emit('Div', [
      emitter.emit('Mul', [logarithm, x]),
      emitter.emit('Sub', [u, one]),
    ]);
    const small = emitter.emit('Less', [emitter.emit('Abs', [x]), one]);
    const nearZero = emitter.emit('Where', [emitter.emit('Equal', [u, one]), x, corrected]);
    return emitter.emit('Where', [small, nearZero, logarithm]);
  },
};

type BinaryComposition = (a: string, b: string, dtype: Dtype, emitter: Emitter) => string;

const binaryCompositions: Partial<Record<BinaryOperator, BinaryComposition>> = {
  notEqual: (a, b, _, emitter) => emitter.emit('Not', [emitter.emit('Equal', [a, b])]),
  squaredDifference: (a, b, _, emitter) => {
    const difference = emitter.emit('Sub', [a, b]);
    return emitter.emit('Mul', [difference, difference]);
  },
  eluGrad: (dy, y, dtype, emitter) => {
    const below = emitter.emit('Mul', [dy, emitter.emit('Add', [y, emitter.scalar(dtype, 1)])]);
    const positive = emitter.emit('GreaterOrEqual', [y, emitter.scalar(dtype, 0)]);
    return emitter.emit('Where', [positive, dy, below]);
  },
  floorDiv: (a, b, dtype, emitter) =>
    dtype === 'int32'
      ? floorDivideIntegers(a, b, emitter)
      : emitter.emit('Floor', [emitter.emit('Div', [a, b])]),
  mod: (a, b, dtype, emitter) =>
    dtype === 'int32' ? integerModulo(a, b, emitter) : flooredModulo(a, b, emitter),
};

/** Division by zero, which would stop the process, gives 0 as it does in TensorFlow.js. */
function guardedDivisor(b: string, emitter: Emitter): { isZero: string; divisor: string } {
  const isZero = emitter.emit('Equal', [b, emitter.scalar('int32', 0)]);
  return { isZero, divisor: emitter.emit('Where', [isZero, emitter.scalar('int32', 1), b]) };
}

function floorDivideIntegers(a: string, b: string, emitter: Emitter): string {
  const { isZero, divisor } = guardedDivisor(b, emitter);
  const remainder = emitter.emit('Mod', [a, divisor]);
  const quotient = emitter.emit('Div', [emitter.emit('Sub', [a, remainder]), divisor]);
  return emitter.emit('Where', [isZero, emitter.scalar('int32', 0), quotient]);
}

function integerModulo(a: string, b: string, emitter: Emitter): string {
  const { isZero, divisor } = guardedDivisor(b, emitter);
  return emitter.emit('Where', [isZero, emitter.scalar('int32', 0), emitter.emit('Mod', [a, divisor])]);
}

/** The remainder with the divisor's sign. */
function flooredModulo(a: string, b: string, emitter: Emitter): string {
  const zero = emitter.scalar('float32', 0);
  const truncated = emitter.emit('Mod', [a, b], { fmod: 1 });
  const shifted = emitter.emit('Mod', [emitter.emit('Add', [truncated, b]), b], { fmod: 1 });
  const sameSign = emitter.emit('Equal', [emitter.emit('Less', [a, zero]), emitter.emit('Less', [b, zero])]);
  return emitter.emit('Where', [sameSign, truncated, shifted]);
}

function whereOfType(condition: string, a: string, b: string, dtype: Dtype, emitter: Emitter): string {
  if (dtype !== 'bool') return emitter.emit('Where', [condition, a, b]);
  const chosen = emitter.emit('Where', [condition, emitter.cast(a, 'uint8'), emitter.cast(b, 'uint8')]);
  return emitter.cast(chosen, 'bool');
}

export const elementwiseLowerings: LoweringTable<
  'unary' | 'step' | 'leakyRelu' | 'clip' | 'binary' | 'select' | 'cast' | 'constant' | 'broadcast'
> = {
  unary: (instruction, [x], emitter) => {
    const { operator } = instruction.attributes;
    const layout = commonLayout([x!], instruction.shape);
    const name = x!.in(layout, emitter);
    const composition = unaryCompositions[operator];
    const lowered = composition
      ? composition(name, x!.dtype, emitter)
      : emitter.emit(unaryOperators[operator]!, [name]);
    return result(instruction, lowered, layout);
  },

  step: (instruction, [x], emitter) => {
    const layout = commonLayout([x!], instruction.shape);
    const name = x!.in(layout, emitter);
    const { alpha } = instruction.attributes;
    const positive = emitter.emit('Greater', [name, emitter.scalar('float32', 0)]);
    const stepped =
      alpha === 0
        ? emitter.cast(positive, 'float32')
        : emitter.emit('Where', [positive, emitter.scalar('float32', 1), emitter.scalar('float32', alpha)]);
    return result(instruction, emitter.emit('Where', [whereNaN(name, emitter), name, stepped]), layout);
  },

  leakyRelu: (instruction, [x], emitter) => {
    const layout = commonLayout([x!], instruction.shape);
    const alpha = { float: instruction.attributes.alpha };
    return result(instruction, emitter.emit('LeakyRelu', [x!.in(layout, emitter)], { alpha }), layout);
  },

  clip: (instruction, [x], emitter) => {
    const layout = commonLayout([x!], instruction.shape);
    const { min, max } = instruction.attributes;
    const limits = [emitter.scalar(x!.dtype, min), emitter.scalar(x!.dtype, max)];
    return result(instruction, emitter.emit('Clip', [x!.in(layout, emitter), ...limits]), layout);
  },

  binary: (instruction, operands, emitter) => {
    const { operator } = instruction.attributes;
    return elementwise(instruction, operands, emitter, ([a, b]) => {
      const composition = binaryCompositions[operator];
      if (composition) return composition(a!, b!, operands[0]!.dtype, emitter);
      return emitter.emit(binaryOperators[operator]!, [a!, b!]);
    });
  },

  select: (instruction, operands, emitter) =>
    elementwise(
      instruction,
      operands,
      emitter,
      ([condition, a, b]) => whereOfType(condition!, a!, b!, instruction.dtype, emitter),
      operands.slice(1),
    ),

  cast: (instruction, [x], emitter) => {
    const layout = commonLayout([x!], instruction.shape);
    const name = x!.in(layout, emitter);
    const toInteger = x!.dtype === 'float32' && instruction.dtype === 'int32';
    const defined = toInteger ? finiteOrZero(name, emitter) : name;
    return result(instruction, emitter.cast(defined, instruction.dtype), layout);
  },

  constant: (instruction, _, emitter) => {
    const value = emitter.scalar(instruction.dtype, instruction.attributes.value);
    return expand(instruction, value, emitter);
  },

  broadcast: (instruction, [x], emitter) => expand(instruction, x!.plain(emitter), emitter),
};

/** Infinity and NaN become the integer 0 in JavaScript, and anything at all in C++. */
function finiteOrZero(x: string, emitter: Emitter): string {
  return emitter.emit('Where', [whereNotFinite(x, emitter), emitter.scalar('float32', 0), x]);
}

function expand(
  instruction: { shape: readonly number[]; dtype: Dtype },
  name: string,
  emitter: Emitter,
): Value {
  if (instruction.shape.length === 0) return result(instruction, emitter.reshape(name, []));
  return result(instruction, emitter.emit('Expand', [name, emitter.integers(instruction.shape)]));
}
