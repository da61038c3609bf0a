/**
 * Work that is the same every time, such as a training step, is recorded twice and from then on run without being
 * recorded: what JavaScript takes to record a step of a ResNet-18 is a tenth of what its kernels take.
 */
import * as tf from '@tensorflow/tfjs';
import type { OnnxruntimeBackend } from './backend.js';
import type { Leaf, Node } from './graph/node.js';
import { type Trace, trace } from './graph/program.js';
import { onnxruntimeInUse } from './use.js';

/** Reads its inputs and some variables, and assigns variables; whatever it returns is a new tensor. */
export type Repeatable = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Calls in a row that may differ from the ones before, after which one no longer looks for equal ones. */
const patience = 3;

/**
 * The same function, which engine `onnxruntime` stops calling once two calls in a row with inputs of the same shapes have
 * recorded the same operations: it then computes what they recorded from the new inputs and the present values of `state`.
 * Other engines, `debug`, and a call within a gradient always call the function.
 *
 * @param repeated - may depend on its inputs, on `state`, and on constants only. Where the operations or other values
 * change between the first two calls it is simply called every time; what changes later is not noticed. The caller
 * disposes what it returns.
 * @param state - every variable that it reads or assigns
 */
export function replayable(repeated: Repeatable, state: readonly tf.Variable[]): Repeatable {
  const cases = new Map<string, Case>();
  return (...inputs) => {
    const backend = onnxruntimeInUse();
    const withinGradient = tf.engine().state.gradientDepth > 0;
    if (backend === undefined || backend.debug || withinGradient) return tf.tidy(() => repeated(...inputs));
    const shapes = inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
    let known = cases.get(shapes);
    if (known === undefined) {
      known = new Case(repeated, state);
      cases.set(shapes, known);
    }
    return known.call(inputs, backend);
  };
}

type Described = Pick<tf.Tensor, 'shape'>;

/** What a call recorded, with the part that each leaf played in it. */
interface Recording {
  readonly traced: Omit<Trace, 'leaves'>;
  /** For each leaf, the place of its tensor among inputs and state, or the constant itself. */
  readonly sources: readonly (number | Leaf)[];
  /** Places in the state of the variables that were assigned; they come after the results in what was wanted. */
  readonly assigned: readonly number[];
  readonly results: readonly Described[];
}

/** The function with inputs of certain shapes. */
class Case {
  private previous: Recording | undefined;
  private settled: Recording | undefined;
  private attempts = 0;

  constructor(
    private readonly repeated: Repeatable,
    private readonly state: readonly tf.Variable[],
  ) {}

  call(inputs: readonly tf.Tensor[], backend: OnnxruntimeBackend): tf.Tensor[] {
    if (this.settled !== undefined) return this.replay(this.settled, inputs, backend);
    if (this.attempts > patience) return tf.tidy(() => this.repeated(...inputs));
    this.attempts += 1;
    const leaves = [...inputs, ...this.state].map((tensor) => backend.leaf(tensor));
    const results = tf.tidy(() => this.repeated(...inputs));
    const recording = this.describe(leaves, results, backend);
    if (recording !== undefined && this.previous !== undefined && same(recording, this.previous)) {
      this.settled = recording;
      this.previous = undefined;
    } else {
      this.previous = recording;
    }
    return results;
  }

  /** Undefined where it cannot be told apart which leaf is which, or where a result was not computed from anything. */
  private describe(
    leaves: readonly Leaf[],
    results: readonly tf.Tensor[],
    backend: OnnxruntimeBackend,
  ): Recording | undefined {
    const places = new Map(leaves.map((leaf, place) => [leaf, place]));
    if (places.size < leaves.length) return undefined;
    const first = leaves.length - this.state.length;
    const now = this.state.map((variable) => backend.content(variable));
    const assigned = [...now.keys()].filter((index) => now[index] !== leaves[first + index]);
    const wanted = [
      ...results.map((result) => backend.content(result)),
      ...assigned.map((index) => now[index]!),
    ];
    if (!wanted.every((content): content is Node => content.kind === 'node')) return undefined;
    const { leaves: read, ...traced } = trace(wanted);
    const sources = read.map((leaf) => places.get(leaf) ?? leaf);
    // Constants need their values on the host: the device forgets them with their tensors.
    for (const source of sources) if (typeof source !== 'number') backend.values(source);
    return { traced, sources, assigned, results: results.map(({ shape }) => ({ shape })) };
  }

  private replay(
    { traced, sources, assigned, results }: Recording,
    inputs: readonly tf.Tensor[],
    backend: OnnxruntimeBackend,
  ): tf.Tensor[] {
    const tensors = [...inputs, ...this.state];
    const leaves = sources.map((source) =>
      typeof source === 'number' ? backend.leaf(tensors[source]!) : source,
    );
    const outputs = backend.run({ ...traced, leaves });
    assigned.forEach((index, position) => {
      const variable = this.state[index]!;
      const value = tensorOf(outputs[results.length + position]!, variable, backend);
      variable.assign(value);
      value.dispose();
    });
    return results.map((result, index) => tensorOf(outputs[index]!, result, backend));
  }
}

function tensorOf(leaf: Leaf, { shape }: Described, backend: OnnxruntimeBackend): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo({ ...backend.output(leaf), shape }, backend);
}

function same(one: Recording, other: Recording): boolean {
  return (
    one.traced.key === other.traced.key &&
    one.assigned.join() === other.assigned.join() &&
    one.sources.every((source, index) => sameSource(source, other.sources[index]!))
  );
}

function sameSource(one: number | Leaf, other: number | Leaf): boolean {
  if (typeof one === 'number' || typeof other === 'number') return one === other;
  return one.values!.every((value, index) => Object.is(value, other.values![index]));
}
