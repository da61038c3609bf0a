/** An encoder as an ONNX graph of standard operators. */
import type * as tf from '@tensorflow/tfjs';
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode } from '../engine/onnx/graph.js';
import { InputError } from '../errors.js';
import { standardisationOf } from '../models/index.js';
import type { Values } from './element-types.js';
import { transposed } from './strided.js';

/**
 * The graph takes `images` [N, channels, height, width] with values from 0 to 1, as PyTorch lays them out and torchvision's ToTensor gives
 * them, and gives `features` [N, features]; N is what a run gives it. The standardisation is part of it.
 *
 * @throws InputError for a layer that encoders and heads of this library do not have
 */
export function onnxOf(model: tf.LayersModel): OnnxGraph {
  const graph = new GraphBuilder();
  const names = new Map<string, string>();
  for (const layer of model.layers) {
    const inputs = layer.getClassName() === 'InputLayer' ? [] : symbolic(layer.input);
    const write = writers[layer.getClassName()];
    if (write === undefined) {
      throw new InputError(
        `${model.name} has the layer ${layer.name}, a ${layer.getClassName()}, which is not exported to ONNX; ` +
          `${Object.keys(writers).join(', ')} are.`,
      );
    }
    const output = write(
      graph,
      layer,
      inputs.map(({ name }) => names.get(name)!),
    );
    names.set(symbolic(layer.output)[0]!.name, output);
  }
  const [input, output] = [model.inputs[0]!.shape.slice(1) as number[], model.outputs[0]!];
  graph.node('Identity', [names.get(output.name)!], {}, 'features');
  return {
    inputs: [{ name: 'images', type: 'float32', shape: [1, ...channelsFirst(input)], batch: 'N' }],
    outputs: [{ name: 'features', type: 'float32', shape: [1, output.shape.at(-1)!], batch: 'N' }],
    constants: graph.constants,
    nodes: graph.nodes,
  };
}

function symbolic(tensors: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}

/** [height, width, channels] as [channels, height, width]; a vector as it is. */
function channelsFirst(shape: readonly number[]): number[] {
  return shape.length === 3 ? [shape[2]!, shape[0]!, shape[1]!] : [...shape];
}

class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];

  /** Returns the name of its output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    output: string,
  ): string {
    this.nodes.push({ operator, domain: '', inputs, outputs: [output], attributes });
    return output;
  }

  constant(
    name: string,
    shape: readonly number[],
    values: ArrayLike<number>,
    type: 'float32' | 'int64' = 'float32',
  ): string {
    this.constants.push({ name, type, shape, values });
    return name;
  }

  /** A layer's weight with its axes in another order. */
  weight(layer: tf.layers.Layer, index: number, order: readonly number[]): string {
    const tensor = layer.getWeights()[index]!;
    const values = transposed(tensor.dataSync() as Values, tensor.shape, order);
    return this.constant(
      layer.weights[index]!.originalName,
      order.map((axis) => tensor.shape[axis]!),
      values,
    );
  }
}

type Writer = (graph: GraphBuilder, layer: tf.layers.Layer, inputs: readonly string[]) => string;

/** How each kind of layer is written; every image is [N, channels, height, width]. */
const writers: Readonly<Record<string, Writer>> = {
  InputLayer: () => 'images',
  Standardise: (graph, layer, [x]) => {
    const { mean, deviation } = standardisationOf(layer)!;
    const shape = [1, mean.length, 1, 1];
    const centred = graph.node(
      'Sub',
      [x!, graph.constant(`${layer.name}/mean`, shape, mean)],
      {},
      `${layer.name}.centred`,
    );
    return graph.node(
      'Div',
      [centred, graph.constant(`${layer.name}/deviation`, shape, deviation)],
      {},
      layer.name,
    );
  },
  ZeroPadding2D: (graph, layer, [x]) => {
    const [[top, bottom], [left, right]] = layer.getConfig().padding as [[number, number], [number, number]];
    const pads = graph.constant(`${layer.name}/pads`, [8], [0, 0, top, left, 0, 0, bottom, right], 'int64');
    return graph.node('Pad', [x!, pads], { mode: 'constant' }, layer.name);
  },
  Conv2D: (graph, layer, [x]) => {
    const config = layer.getConfig() as {
      kernelSize: number[];
      strides: number[];
      padding: string;
      useBias: boolean;
    };
    requireLinear(layer);
    const pad = config.padding === 'same' ? (config.kernelSize[0]! - 1) / 2 : 0;
    const inputs = [x!, graph.weight(layer, 0, [3, 2, 0, 1])];
    if (config.useBias) inputs.push(graph.weight(layer, 1, [0]));
    return graph.node('Conv', inputs, { strides: config.strides, pads: [pad, pad, pad, pad] }, layer.name);
  },
  BatchNorm: (graph, layer, [x]) => {
    const weights = [0, 1, 2, 3].map((index) => graph.weight(layer, index, [0]));
    const epsilon = { float: layer.getConfig().epsilon as number };
    return graph.node('BatchNormalization', [x!, ...weights], { epsilon }, layer.name);
  },
  ReLU: (graph, layer, [x]) => graph.node('Relu', [x!], {}, layer.name),
  Add: (graph, layer, inputs) => graph.node('Add', inputs, {}, layer.name),
  MaxPooling2D: (graph, layer, [x]) => {
    const { poolSize, strides } = layer.getConfig() as { poolSize: number[]; strides: number[] };
    return graph.node('MaxPool', [x!], { kernel_shape: poolSize, strides }, layer.name);
  },
  GlobalAveragePooling2D: (graph, layer, [x]) => {
    const pooled = graph.node('GlobalAveragePool', [x!], {}, `${layer.name}.image`);
    return graph.node('Flatten', [pooled], { axis: 1 }, layer.name);
  },
  Dense: (graph, layer, [x]) => {
    requireLinear(layer);
    const kernel = graph.weight(layer, 0, [0, 1]);
    if (layer.weights.length === 1) return graph.node('MatMul', [x!, kernel], {}, layer.name);
    return graph.node('Gemm', [x!, kernel, graph.weight(layer, 1, [0])], {}, layer.name);
  },
};

function requireLinear(layer: tf.layers.Layer): void {
  const { activation } = layer.getConfig();
  if (activation === 'linear') return;
  throw new InputError(
    `The layer ${layer.name} has the activation ${activation}, which is not exported to ONNX.`,
  );
}
