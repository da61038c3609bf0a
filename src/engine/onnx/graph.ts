/** An ONNX graph as plain data: what lowering produces and encoding turns into bytes. */
import type { Dtype, Shape } from '../graph/operations.js';

export type OnnxType = Dtype | 'int64' | 'float64' | 'uint8';

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  /** Empty names are inputs left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers are ints and lists of ints; a float is wrapped. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** The operation it is part of, for error messages. */
  readonly origin?: string | undefined;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  /** Any, if left out. */
  readonly shape?: Shape;
  /** What the first size is called where a run decides it; the shape has 1 there. */
  readonly batch?: string;
}

export interface OnnxConstant extends OnnxValue {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
}

/** The graph as text, a line for each node, for tests and for a person. */
export function printOnnx(graph: OnnxGraph): string {
  const value = ({ name, type, shape }: OnnxValue) => `${name}: ${type}[${shape?.join(', ') ?? '...'}]`;
  const lines = [`inputs ${graph.inputs.map(value).join('; ')}`];
  for (const constant of graph.constants) {
    lines.push(
      `${constant.name} = ${constant.type}[${constant.shape}] {${Array.prototype.slice.call(constant.values, 0, 16)}}`,
    );
  }
  for (const node of graph.nodes) {
    const operator = node.domain === '' ? node.operator : `${node.domain}.${node.operator}`;
    const attributes = Object.entries(node.attributes).map(
      ([name, set]) => ` ${name}=${JSON.stringify(set)}`,
    );
    lines.push(`${node.outputs.join(', ')} = ${operator}(${node.inputs.join(', ')})${attributes.join('')}`);
  }
  lines.push(`outputs ${graph.outputs.map(value).join('; ')}`);
  return lines.join('\n');
}
