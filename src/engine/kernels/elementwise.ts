/** Element-wise kernels: functions of one element, arithmetic, comparison, logic, casts and constants. */
import * as tf from '@tensorflow/tfjs';
import { leaf, node, type Source, sizeOf } from '../graph/node.js';
import type { BinaryOperator, Dtype, UnaryOperator } from '../graph/operations.js';
import { type Recorder, type RecorderTable, recorder } from './recorder.js';

/** Real functions; on integers TensorFlow.js truncates their result, which is left to the plain kernels. */
const realFunctions: Record<string, UnaryOperator> = {
  Acos: 'acos',
  Acosh: 'acosh',
  Asin: 'asin',
  Asinh: 'asinh',
  Atan: 'atan',
  Atanh: 'atanh',
  Ceil: 'ceil',
  Cos: 'cos',
  Cosh: 'cosh',
  Elu: 'elu',
  Erf: 'erf',
  Exp: 'exp',
  Expm1: 'expm1',
  Floor: 'floor',
  Log: 'log',
  Log1p: 'log1p',
  Reciprocal: 'reciprocal',
  Relu: 'relu',
  Relu6: 'relu6',
  Round: 'round',
  Rsqrt: 'rsqrt',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Sin: 'sin',
  Sinh: 'sinh',
  Softplus: 'softplus',
  Sqrt: 'sqrt',
  Tanh: 'tanh',
};

const numberFunctions: Record<string, UnaryOperator> = {
  Abs: 'abs',
  Neg: 'neg',
  Sign: 'sign',
  Square: 'square',
};

const tests: Record<string, UnaryOperator> = { IsFinite: 'isFinite', IsInf: 'isInf', IsNan: 'isNaN' };

const arithmetic: Record<string, BinaryOperator> = {
  Add: 'add',
  Sub: 'sub',
  Multiply: 'mul',
  Mod: 'mod',
  Maximum: 'maximum',
  Minimum: 'minimum',
  SquaredDifference: 'squaredDifference',
};

const realArithmetic: Record<string, BinaryOperator> = {
  RealDiv: 'div',
  Pow: 'pow',
  Prelu: 'prelu',
};

const comparisons: Record<string, BinaryOperator> = {
  Equal: 'equal',
  NotEqual: 'notEqual',
  Less: 'less',
  LessEqual: 'lessEqual',
  Greater: 'greater',
  GreaterEqual: 'greaterEqual',
};

const logic: Record<string, BinaryOperator> = { LogicalAnd: 'logicalAnd', LogicalOr: 'logicalOr' };

export function unary(operator: UnaryOperator, x: Source): Source {
  const dtype = operator.startsWith('is') || operator === 'logicalNot' ? 'bool' : x.dtype;
  return node('unary', { operator }, [x], x.shape, dtype);
}

/** With broadcasting; the type is the operands', or bool for comparisons and logic. */
export function binary(operator: BinaryOperator, a: Source, b: Source): Source {
  const shape = tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const boolean = operator in comparisonResults;
  return node('binary', { operator }, [a, b], shape, boolean ? 'bool' : a.dtype);
}

export function cast(x: Source, dtype: Dtype): Source {
  return x.dtype === dtype ? x : node('cast', {}, [x], x.shape, dtype);
}

function filled({ shape, dtype }: Source, value: 0 | 1): Source {
  const values = new { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype](sizeOf(shape));
  return leaf(value === 0 ? values : values.fill(value), shape, dtype);
}

const comparisonResults = Object.fromEntries(
  [...Object.values(comparisons), ...Object.values(logic)].map((operator) => [operator, true]),
);

function unaryRecorder(operator: UnaryOperator, accepts: (dtype: Dtype) => boolean): Recorder {
  return ({ x }) => (accepts(x!.dtype) ? unary(operator, x!) : undefined);
}

function binaryRecorder(operator: BinaryOperator, accepts: (dtype: Dtype) => boolean): Recorder {
  return ({ a, b, x, alpha }) => {
    const left = a ?? x!;
    const right = b ?? alpha!;
    return left.dtype === right.dtype && accepts(left.dtype) ? binary(operator, left, right) : undefined;
  };
}

function table<Operator>(
  operators: Record<string, Operator>,
  make: (operator: Operator, accepts: (dtype: Dtype) => boolean) => Recorder,
  accepts: (dtype: Dtype) => boolean,
): RecorderTable {
  return Object.fromEntries(
    Object.entries(operators).map(([kernel, operator]) => [kernel, make(operator, accepts)]),
  );
}

const isReal = (dtype: Dtype) => dtype === 'float32';
const isNumber = (dtype: Dtype) => dtype !== 'bool';
const isBoolean = (dtype: Dtype) => dtype === 'bool';

export const elementwiseKernels: RecorderTable = {
  ...table(realFunctions, unaryRecorder, isReal),
  ...table(tests, unaryRecorder, isReal),
  ...table(numberFunctions, unaryRecorder, isNumber),
  LogicalNot: unaryRecorder('logicalNot', isBoolean),
  ...table(arithmetic, binaryRecorder, isNumber),
  ...table(realArithmetic, binaryRecorder, isReal),
  ...table(comparisons, binaryRecorder, isNumber),
  ...table(logic, binaryRecorder, isBoolean),

  // Whatever its operands, TensorFlow.js gives an integer.
  FloorDiv: ({ a, b }) => {
    if (!isNumber(a!.dtype) || a!.dtype !== b!.dtype) return undefined;
    return cast(binary('floorDiv', a!, b!), 'int32');
  },

  AddN: (inputs) => {
    const [first, ...rest] = Object.values(inputs);
    if (!isNumber(first!.dtype)) return undefined;
    return rest.reduce((sum, term) => binary('add', sum, term), first!);
  },

  Step: recorder<tf.StepAttrs>(({ x }, { alpha }) =>
    isReal(x!.dtype) ? node('step', { alpha }, [x!], x!.shape, 'float32') : undefined,
  ),

  LeakyRelu: recorder<tf.LeakyReluAttrs>(({ x }, { alpha }) =>
    isReal(x!.dtype) ? node('leakyRelu', { alpha }, [x!], x!.shape, 'float32') : undefined,
  ),

  EluGrad: ({ dy, y }) => (isReal(y!.dtype) ? binary('eluGrad', dy!, y!) : undefined),

  ClipByValue: recorder<tf.ClipByValueAttrs>(({ x }, { clipValueMin: min, clipValueMax: max }) =>
    isReal(x!.dtype) && min <= max ? node('clip', { min, max }, [x!], x!.shape, 'float32') : undefined,
  ),

  Cast: recorder<tf.CastAttrs>(({ x }, { dtype }) =>
    dtype === 'float32' || dtype === 'int32' || dtype === 'bool' ? cast(x!, dtype) : undefined,
  ),

  Select: ({ condition, t, e }) => {
    if (t!.dtype !== e!.dtype || condition!.shape.length !== t!.shape.length) return undefined;
    return node('select', {}, [cast(condition!, 'bool'), t!, e!], t!.shape, t!.dtype);
  },

  // Host values and not constants of the graph: what an optimiser starts from is an input of every later step too.
  ZerosLike: ({ x }) => filled(x!, 0),
  OnesLike: ({ x }) => filled(x!, 1),

  Fill: recorder<tf.FillAttrs>((_, { shape, value, dtype }) => {
    const type = dtype ?? tf.util.inferDtype(value);
    if (typeof value === 'string' || (type !== 'float32' && type !== 'int32')) return undefined;
    const values = type === 'float32' ? Float32Array.of(value) : Int32Array.of(value);
    return node('broadcast', {}, [leaf(values, [], type)], shape, type);
  }),

  BroadcastTo: recorder<tf.BroadCastToAttrs>(({ x }, { shape }) =>
    node('broadcast', {}, [x!], shape, x!.dtype),
  ),
};
