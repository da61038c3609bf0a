/** Matrix products, and the activations that TensorFlow.js fuses into products and convolutions. */
import * as tf from '@tensorflow/tfjs';
import { node, reshaped, type Source } from '../graph/node.js';
import { binary, unary } from './elementwise.js';
import { type RecorderTable, recorder } from './recorder.js';

function matMul(a: Source, b: Source, transposeA: boolean, transposeB: boolean): Source | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const innerB = b.shape.at(transposeB ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  tf.util.assert(
    inner === innerB,
    () => `Error in matMul: inner shapes (${inner}) and (${innerB}) of ${a.shape} and ${b.shape} must match.`,
  );
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(
    [...a.shape.slice(0, -2)],
    [...b.shape.slice(0, -2)],
  );
  return node('matMul', { transposeA, transposeB }, [a, b], [...batch, rows, columns], 'float32');
}

interface FusedAttributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** activation(x + bias), the tail of every fused kernel. */
export function biasAndActivation(
  x: Source,
  bias: Source | undefined,
  preluWeights: Source | undefined,
  { activation, leakyreluAlpha }: FusedAttributes,
): Source | undefined {
  const biased = bias === undefined ? x : binary('add', x, bias);
  switch (activation) {
    case undefined:
    case 'linear':
      return biased;
    case 'relu':
    case 'relu6':
    case 'elu':
    case 'sigmoid':
      return unary(activation, biased);
    case 'prelu':
      return binary('prelu', biased, preluWeights!);
    case 'leakyrelu':
      return node('leakyRelu', { alpha: leakyreluAlpha ?? 0.2 }, [biased], biased.shape, 'float32');
    default:
      return undefined;
  }
}

export const matrixKernels: RecorderTable = {
  BatchMatMul: recorder<tf.BatchMatMulAttrs>(({ a, b }, { transposeA, transposeB }) =>
    matMul(a!, b!, transposeA, transposeB),
  ),

  _FusedMatMul: recorder<tf._FusedMatMulAttrs>((inputs, attributes) => {
    const product = matMul(inputs.a!, inputs.b!, attributes.transposeA, attributes.transposeB);
    if (product === undefined) return undefined;
    return biasAndActivation(product, inputs.bias, inputs.preluActivationWeights, attributes);
  }),

  FusedBatchNorm: recorder<tf.FusedBatchNormAttrs>((inputs, { varianceEpsilon }) => {
    const { x, mean, variance, scale, offset } = inputs;
    const channels = mean!.shape;
    const epsilon = node('constant', { value: varianceEpsilon }, [], [], 'float32');
    const inverse = unary('rsqrt', binary('add', variance!, epsilon));
    const factor = scale === undefined ? inverse : binary('mul', inverse, reshaped(scale, channels));
    const shift = binary('mul', mean!, factor);
    const addend =
      offset === undefined ? unary('neg', shift) : binary('sub', reshaped(offset, channels), shift);
    return binary('add', binary('mul', x!, factor), addend);
  }),
};
