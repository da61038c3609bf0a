/** Registers every TensorFlow.js kernel for our backend: those with a recorder record, the others run in plain JavaScript. */
import * as tf from '@tensorflow/tfjs';
import { type OnnxruntimeBackend, recordable } from '../backend.js';
import { sizeOf } from '../graph/node.js';
import { computeNow } from './compute-now.js';
import { convolutionKernels } from './convolution.js';
import { elementwiseKernels } from './elementwise.js';
import { runPlainKernel } from './fallback.js';
import { matrixKernels } from './matrix.js';
import type { Recorder } from './recorder.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';

export const recorders = new Map<string, Recorder>(
  Object.entries({
    ...elementwiseKernels,
    ...reductionKernels,
    ...shapeKernels,
    ...matrixKernels,
    ...convolutionKernels,
  }),
);

type KernelInputs = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** Kernels that hand on the data of their input; they copy and record nothing. */
const sharing: Record<string, (x: tf.TensorInfo, attributes: tf.NamedAttrMap | undefined) => number[]> = {
  Identity: ({ shape }) => shape,
  StopGradient: ({ shape }) => shape,
  Reshape: (x, attributes) => {
    const { shape } = attributes as unknown as tf.ReshapeAttrs;
    const size = sizeOf(x.shape);
    const inferred = tf.util.inferFromImplicitShape(shape, size);
    tf.util.assert(
      size === sizeOf(inferred),
      () => `The new shape [${inferred}] has another number of elements than the old shape [${x.shape}].`,
    );
    return inferred;
  },
  ExpandDims: ({ shape }, attributes) => {
    const { dim } = attributes as unknown as tf.ExpandDimsAttrs;
    const position = dim < 0 ? dim + shape.length + 1 : dim;
    tf.util.assert(
      position >= 0 && position <= shape.length,
      () => `expandDims: the axis ${dim} is not in [${-shape.length - 1}, ${shape.length}].`,
    );
    return [...shape.slice(0, position), 1, ...shape.slice(position)];
  },
};

export function registerKernels(backendName: string): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (tf.getKernel(kernelName, backendName) != null) continue;
    tf.registerKernel({ kernelName, backendName, kernelFunc: kernel(kernelName) });
  }
}

function kernel(kernelName: string): tf.KernelFunc {
  const shapeOf = sharing[kernelName];
  if (shapeOf !== undefined) {
    return ({ inputs, attrs, backend }) => {
      const x = Object.values(inputs)[0]!;
      return (backend as OnnxruntimeBackend).share(x, shapeOf(x, attrs));
    };
  }
  const recorder = recorders.get(kernelName);
  return (call) => {
    const backend = call.backend as OnnxruntimeBackend;
    const run = () =>
      (recorder && record(recorder, call.inputs, call.attrs, backend)) ??
      runPlainKernel(kernelName, call.inputs, call.attrs, backend);
    return backend.debug ? computeNow(kernelName, call.inputs, run, backend) : run();
  };
}

function record(
  recorder: Recorder,
  inputs: KernelInputs,
  attributes: tf.NamedAttrMap | undefined,
  backend: OnnxruntimeBackend,
): tf.TensorInfo | tf.TensorInfo[] | undefined {
  const given = Object.entries(inputs).filter((input): input is [string, tf.TensorInfo] => input[1] != null);
  if (!given.every(([, { dtype, shape }]) => recordable(dtype) && sizeOf(shape) > 0)) return undefined;
  const sources = Object.fromEntries(given.map(([name, info]) => [name, backend.source(info)]));
  const recorded = recorder(sources, attributes ?? {});
  if (recorded === undefined) return undefined;
  if (Array.isArray(recorded)) return recorded.map((source) => backend.output(source));
  return backend.output(recorded);
}
