/**
 * How a TensorFlow.js kernel becomes nodes. A recorder gets the kernel's inputs by name (lists: `0`, `1`, ...) and its
 * attributes, infers shape and type, and returns what it recorded. It returns undefined where the operations cannot
 * express the call (another data format, a type that onnxruntime has no kernel for); the plain JavaScript kernel then runs.
 */
import type { Source } from '../graph/node.js';

export type Sources = Readonly<Record<string, Source>>;

export type Recorder = (inputs: Sources, attributes: object) => Source | Source[] | undefined;

export type RecorderTable = Readonly<Record<string, Recorder>>;

/** A recorder whose attributes have the type TensorFlow.js gives them for this kernel. */
export function recorder<Attributes extends object>(
  record: (inputs: Sources, attributes: Attributes) => Source | Source[] | undefined,
): Recorder {
  return (inputs, attributes) => record(inputs, attributes as Attributes);
}

/** Kernels such as Concat take a list. */
export function listed(inputs: Sources): Source[] {
  return Object.values(inputs);
}
