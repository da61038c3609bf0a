/** Builds an ONNX graph node by node. Equal nodes and equal constants are emitted once. */
import { attributesText } from '../graph/node.js';
import type { Shape } from '../graph/operations.js';
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode, OnnxType, OnnxValue } from '../onnx/graph.js';
import type { Target } from './target.js';

/** Where onnxruntime keeps the operators of its blocked layout. */
export const blockedDomain = { domain: 'com.microsoft.nchwc' } as const;
/** Where it keeps its own fused operators. */
export const fusedDomain = { domain: 'com.microsoft' } as const;

export type Attributes = Readonly<Record<string, OnnxAttribute>>;

export interface EmitOptions {
  readonly domain?: string;
  /** How many results the operator has; 1 if left out. */
  readonly outputs?: number;
}

export class Emitter {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxConstant[] = [];
  readonly #emitted = new Map<string, string[]>();
  readonly #outputs = new Set<string>();
  /** What the nodes emitted from now on are part of. */
  origin: string | undefined;

  constructor(readonly target: Target) {}

  /** The name of the operator's first result. */
  emit(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): string {
    return this.emitAll(operator, inputs, attributes, options)[0]!;
  }

  /** The names of all results; an equal node that was emitted with fewer results is given the missing ones. */
  emitAll(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes,
    { domain = '', outputs = 1 }: EmitOptions,
  ): readonly string[] {
    const key = `${domain}.${operator}(${inputs})${attributesText(attributes)}`;
    let names = this.#emitted.get(key);
    if (names === undefined) {
      names = [`${operator}_${this.#nodes.length}`];
      this.#emitted.set(key, names);
      this.#nodes.push({ operator, domain, inputs, outputs: names, attributes, origin: this.origin });
    }
    while (names.length < outputs) names.push(`${names[0]}_${names.length}`);
    return names;
  }

  constant(type: OnnxType, shape: Shape, values: readonly number[]): string {
    const key = `constant ${type}[${shape}]${values.map((value) => (Object.is(value, -0) ? '-0' : value))}`;
    const known = this.#emitted.get(key);
    if (known !== undefined) return known[0]!;
    const name = `c${this.#constants.length}`;
    this.#constants.push({ name, type, shape, values });
    this.#emitted.set(key, [name]);
    return name;
  }

  scalar(type: OnnxType, value: number): string {
    return this.constant(type, [], [value]);
  }

  /** A list of axes, sizes or positions, as many operators take it. */
  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], values);
  }

  reshape(name: string, shape: Shape): string {
    return this.emit('Reshape', [name, this.integers(shape)]);
  }

  transpose(name: string, permutation: readonly number[]): string {
    return this.emit('Transpose', [name], { perm: permutation });
  }

  cast(name: string, type: OnnxType): string {
    return this.emit('Cast', [name], { to: castTargets[type] });
  }

  /** The name under which the graph gives a value out: another one for inputs, constants and values given out before. */
  output(name: string): string {
    const computed = this.#nodes.some(({ outputs }) => outputs.includes(name));
    if (computed && !this.#outputs.has(name)) {
      this.#outputs.add(name);
      return name;
    }
    const output = `output_${this.#outputs.size}`;
    this.#outputs.add(output);
    this.#nodes.push({ operator: 'Identity', domain: '', inputs: [name], outputs: [output], attributes: {} });
    return output;
  }

  finish(inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): OnnxGraph {
    return { inputs, outputs, constants: this.#constants, nodes: this.#nodes };
  }
}

const castTargets: Record<OnnxType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};
