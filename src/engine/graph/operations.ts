/**
 * The operations a pending graph is made of. Shapes, layouts and meaning are TensorFlow.js's: images are
 * [N, H, W, C], filters [H, W, in, out], booleans are a type of their own, and NaN goes through.
 */

/** Types that can be recorded; strings and complex numbers stay on the host. */
export type Dtype = 'float32' | 'int32' | 'bool';
export type Shape = readonly number[];

export type UnaryOperator =
  | 'abs'
  | 'acos'
  | 'acosh'
  | 'asin'
  | 'asinh'
  | 'atan'
  | 'atanh'
  | 'ceil'
  | 'cos'
  | 'cosh'
  | 'elu'
  | 'erf'
  | 'exp'
  | 'expm1'
  | 'floor'
  | 'isFinite'
  | 'isInf'
  | 'isNaN'
  | 'log'
  | 'log1p'
  | 'logicalNot'
  | 'neg'
  | 'reciprocal'
  | 'relu'
  | 'relu6'
  | 'round'
  | 'rsqrt'
  | 'selu'
  | 'sigmoid'
  | 'sign'
  | 'sin'
  | 'sinh'
  | 'softplus'
  | 'sqrt'
  | 'square'
  | 'tanh';

export type BinaryOperator =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'floorDiv'
  | 'mod'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'squaredDifference'
  | 'prelu'
  | 'eluGrad'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'logicalAnd'
  | 'logicalOr';

export type ReduceOperator = 'sum' | 'mean' | 'max' | 'min' | 'prod';

/** How a window moves over an image; pads are [top, left, bottom, right]. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
}

export interface PoolWindow extends Window {
  readonly size: readonly [number, number];
}

/**
 * Attributes of each operation; together with the inputs' shapes they say everything about it. The last four are never
 * recorded: fusion makes them out of others.
 */
export interface Operations {
  /** f(x), element by element. */
  unary: { readonly operator: UnaryOperator };
  /** 1 where x > 0, else alpha; NaN stays. */
  step: { readonly alpha: number };
  /** x where x >= 0, else alpha * x. */
  leakyRelu: { readonly alpha: number };
  /** x limited to [min, max]; NaN stays. */
  clip: { readonly min: number; readonly max: number };
  /** f(a, b) with broadcasting; comparisons and logic give booleans. */
  binary: { readonly operator: BinaryOperator };
  /** condition ? a : b, all of one shape. */
  select: Record<string, never>;
  /** x in the node's type: to int32 truncates, to bool is x != 0. */
  cast: Record<string, never>;
  /** The node's shape filled with one value. */
  constant: { readonly value: number };
  /** x repeated along the dimensions in which it is 1 or missing. */
  broadcast: Record<string, never>;
  /** Over the axes (increasing, not negative), which disappear. */
  reduce: { readonly operator: ReduceOperator; readonly axes: readonly number[] };
  /** Index of the first largest (smallest) element along the axis, which disappears. */
  argReduce: { readonly operator: 'max' | 'min'; readonly axis: number };
  /** Running sum along the axis. */
  cumulativeSum: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };
  /** Over the last axis. */
  softmax: { readonly logarithm: boolean };
  /** The same elements in the node's shape. */
  reshape: Record<string, never>;
  /** Output axis i is input axis permutation[i]. */
  transpose: { readonly permutation: readonly number[] };
  /** Elements begin, begin + stride, ... of each axis, as many as the node's shape says; strides may be negative. */
  slice: { readonly begin: readonly number[]; readonly strides: readonly number[] };
  concat: { readonly axis: number };
  /** `value` before and after each axis. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number };
  /** Mirrored without (reflect) the border element. */
  reflectPad: { readonly before: readonly number[]; readonly after: readonly number[] };
  tile: { readonly repeats: readonly number[] };
  /** x taken at the indices along the axis. */
  gather: { readonly axis: number };
  /** The last axis of the indices addresses the first axes of x. */
  gatherNd: Record<string, never>;
  /** Zeros of the node's shape, plus every update at its index; repeated indices add up. */
  scatterNd: Record<string, never>;
  oneHot: { readonly depth: number; readonly on: number; readonly off: number };
  /** The k largest along the last axis, in falling order: their values or their indices. */
  topK: { readonly k: number; readonly result: 'values' | 'indices' };
  /** Matrices in the last two axes; the leading axes are equal. */
  matMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  conv2d: Window;
  /** d loss / d x of conv2d from (dy, filter), plus a third operand if fusion gave it one; the node's shape is x's. */
  conv2dInputGradient: Window;
  /** d loss / d filter of conv2d from (x, dy); the node's shape is the filter's. */
  conv2dFilterGradient: Window;
  /** Filter [H, W, in, multiplier]. */
  depthwiseConv2d: Window;
  maxPool: PoolWindow;
  /** Padding is not counted. */
  averagePool: PoolWindow;
  /** d loss / d x from (dy, x): dy goes to the first largest element of its window. */
  maxPoolGradient: PoolWindow;
  /** d loss / d x from (dy), as TensorFlow.js defines it: every window's dy over its full size; the node's shape is x's. */
  averagePoolGradient: PoolWindow;
  /** relu(x * scale + offset + residual), of which each part may be missing; scale and offset are per channel. */
  channelAffine: { readonly extras: readonly Extra[]; readonly relu: boolean };
  /** relu(conv2d(x, filter) + offset + residual), of which each part may be missing. */
  fusedConv2d: Window & { readonly extras: readonly Extra[]; readonly relu: boolean };
  /** Per channel, the sum of the products of two batches of images; [C]. */
  channelDot: Record<string, never>;
  /** dy where y > 0, else 0, from (dy, y). */
  reluGradient: Record<string, never>;
}

/** Operands that may follow an operation's own, in this order. */
export type Extra = 'scale' | 'offset' | 'residual';

export type OperationName = keyof Operations;
