/** Convolutions, pooling and their gradients, in TensorFlow.js's default data format, [N, H, W, C]. */
import * as tf from '@tensorflow/tfjs';
import { node, type Source } from '../graph/node.js';
import type { PoolWindow, Window } from '../graph/operations.js';
import { biasAndActivation } from './matrix.js';
import { type Recorder, type RecorderTable, recorder, type Sources } from './recorder.js';

type Pair = [number, number];
type Four = [number, number, number, number];

interface ConvolutionAttributes {
  readonly strides: Pair | number;
  readonly pad: tf.Conv2DAttrs['pad'];
  readonly dataFormat?: string;
  readonly dilations?: Pair | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface Placed {
  readonly window: Window;
  readonly outputShape: number[];
}

function place(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  depthwise = false,
): Placed | undefined {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes;
  if (dataFormat === 'NCHW') return undefined;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Four,
    filterShape as Four,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  return placed(info, [info.filterHeight, info.filterWidth]);
}

/** Undefined where rounding made an output that the padded window, moved by its strides, does not give. */
function placed(info: tf.backend_util.Conv2DInfo, [height, width]: Pair): Placed | undefined {
  const { top, left, bottom, right } = info.padInfo;
  const span = (size: number, window: number, dilation: number, stride: number) =>
    Math.floor((size - (dilation * (window - 1) + 1)) / stride) + 1;
  const outHeight = span(info.inHeight + top + bottom, height, info.dilationHeight, info.strideHeight);
  const outWidth = span(info.inWidth + left + right, width, info.dilationWidth, info.strideWidth);
  if (outHeight !== info.outHeight || outWidth !== info.outWidth) return undefined;
  const window: Window = {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
  return { window, outputShape: info.outShape };
}

function convolve(x: Source, filter: Source, attributes: ConvolutionAttributes): Source | undefined {
  const found = place(x.shape, filter.shape, attributes);
  if (found === undefined || x.dtype !== 'float32' || x.shape[3] !== filter.shape[2]) return undefined;
  return node('conv2d', found.window, [x, filter], found.outputShape, 'float32');
}

function convolveDepthwise(x: Source, filter: Source, attributes: ConvolutionAttributes): Source | undefined {
  const found = place(x.shape, filter.shape, attributes, true);
  if (found === undefined || x.dtype !== 'float32') return undefined;
  return node('depthwiseConv2d', found.window, [x, filter], found.outputShape, 'float32');
}

function fused(
  product: Source | undefined,
  inputs: Sources,
  attributes: { readonly activation?: string; readonly leakyreluAlpha?: number },
): Source | undefined {
  if (product === undefined) return undefined;
  return biasAndActivation(product, inputs.bias, inputs.preluActivationWeights, attributes);
}

function placePool(inputShape: readonly number[], attributes: tf.MaxPoolAttrs) {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const info = tf.backend_util.computePool2DInfo(
    inputShape as Four,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const size: Pair = [info.filterHeight, info.filterWidth];
  const found = placed(info, size);
  if (found === undefined || !paddingFits(found.window, size)) return undefined;
  return { window: { ...found.window, size } satisfies PoolWindow, outputShape: found.outputShape };
}

/** onnxruntime asks that no pooling window lie in the padding alone. */
function paddingFits({ pads: [top, left, bottom, right] }: Window, [height, width]: Pair): boolean {
  return top < height && bottom < height && left < width && right < width;
}

function pool(operation: 'maxPool' | 'averagePool'): Recorder {
  return recorder<tf.MaxPoolAttrs>(({ x }, attributes) => {
    const found = placePool(x!.shape, attributes);
    if (found === undefined || x!.dtype !== 'float32') return undefined;
    return node(operation, found.window, [x!], found.outputShape, 'float32');
  });
}

export const convolutionKernels: RecorderTable = {
  Conv2D: recorder<tf.Conv2DAttrs>(({ x, filter }, attributes) => convolve(x!, filter!, attributes)),

  FusedConv2D: recorder<tf.FusedConv2DAttrs>((inputs, attributes) =>
    fused(convolve(inputs.x!, inputs.filter!, attributes), inputs, attributes),
  ),

  Conv2DBackpropInput: recorder<tf.Conv2DBackpropInputAttrs>(({ dy, filter }, attributes) => {
    const found = place(attributes.inputShape, filter!.shape, attributes);
    if (found === undefined || !tf.util.arraysEqual(found.outputShape, [...dy!.shape])) return undefined;
    return node('conv2dInputGradient', found.window, [dy!, filter!], attributes.inputShape, 'float32');
  }),

  Conv2DBackpropFilter: recorder<tf.Conv2DBackpropFilterAttrs>(({ x, dy }, attributes) => {
    const found = place(x!.shape, attributes.filterShape, attributes);
    if (found === undefined) return undefined;
    return node('conv2dFilterGradient', found.window, [x!, dy!], attributes.filterShape, 'float32');
  }),

  DepthwiseConv2dNative: recorder<tf.DepthwiseConv2dNativeAttrs>(({ x, filter }, attributes) =>
    convolveDepthwise(x!, filter!, attributes),
  ),

  FusedDepthwiseConv2D: recorder<tf.FusedDepthwiseConv2DAttrs>((inputs, attributes) =>
    fused(convolveDepthwise(inputs.x!, inputs.filter!, attributes), inputs, attributes),
  ),

  MaxPool: pool('maxPool'),
  AvgPool: pool('averagePool'),

  MaxPoolGrad: recorder<tf.MaxPoolGradAttrs>(({ dy, input }, attributes) => {
    const found = placePool(input!.shape, attributes);
    if (found === undefined) return undefined;
    return node('maxPoolGradient', found.window, [dy!, input!], input!.shape, 'float32');
  }),

  AvgPoolGrad: recorder<tf.MaxPoolAttrs>(({ dy, input }, attributes) => {
    const found = placePool(input!.shape, attributes);
    if (found === undefined) return undefined;
    return node('averagePoolGradient', found.window, [dy!], input!.shape, 'float32');
  }),
};
