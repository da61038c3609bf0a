/** Nodes of the pending graph. Recording one costs microseconds and computes nothing. */
import type { Dtype, OperationName, Operations, Shape } from './operations.js';

export type HostValues = Float32Array | Int32Array | Uint8Array;

/** Values in the memory of a device, which has them until they are released. */
export interface DeviceValues {
  readonly bytes: number;
  release(): void;
}

/** A value already there; it enters a program as an input, so it never shows in the program's key. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly shape: Shape;
  readonly dtype: Dtype;
  /** On the host; missing while the device alone has them. */
  values: HostValues | undefined;
  /** On the device, where it keeps them. */
  device: DeviceValues | undefined;
  /** How many have this value: the backend's data ids, and whoever keeps constants. */
  holders: number;
}

interface NodeOf<Name extends OperationName> {
  readonly kind: 'node';
  /** Grows with every node recorded, so inputs come before their users. */
  readonly sequence: number;
  readonly operation: Name;
  readonly attributes: Operations[Name];
  readonly inputs: readonly Source[];
  readonly shape: Shape;
  readonly dtype: Dtype;
  /** Operation, attributes, type and shape as text: equal for nodes that differ in their inputs only. */
  readonly signature: string;
}

/** One recorded operation. */
export type Node = NodeOf<OperationName>;
/** Whatever a recorded operation may read. */
export type Source = Node | Leaf;

let recorded = 0;

/** How many nodes have been recorded so far. */
export function nodesRecorded(): number {
  return recorded;
}

export function node<Name extends OperationName>(
  operation: Name,
  attributes: Operations[Name],
  inputs: readonly Source[],
  shape: Shape,
  dtype: Dtype,
): Node {
  recorded += 1;
  const signature = `${operation}${attributesText(attributes)}${dtype}[${shape}]`;
  return { kind: 'node', sequence: recorded, operation, attributes, inputs, shape, dtype, signature };
}

/** Attributes as text: different for different attributes. JSON alone writes NaN and both infinities as null. */
export function attributesText(attributes: object): string {
  const text = JSON.stringify(attributes);
  if (!text.includes('null')) return text;
  return JSON.stringify(attributes, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

export function leaf(values: HostValues | undefined, shape: Shape, dtype: Dtype): Leaf {
  return { kind: 'leaf', shape, dtype, values, device: undefined, holders: 0 };
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** Whether a shape holds one number per channel of images of another shape: [C] or [1, 1, 1, C]. */
export function isPerChannel(shape: Shape, images: Shape): boolean {
  return images.length === 4 && sizeOf(shape) === images[3] && shape.at(-1) === images[3];
}

/** The source seen in another shape of as many elements. */
export function reshaped(source: Source, shape: Shape): Source {
  if (source.shape.length === shape.length && source.shape.every((size, axis) => size === shape[axis])) {
    return source;
  }
  if (source.kind === 'node' && source.operation === 'reshape') return reshaped(source.inputs[0]!, shape);
  return node('reshape', {}, [source], shape, source.dtype);
}
