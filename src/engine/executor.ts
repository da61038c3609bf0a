/**
 * Runs programs: finds the compiled session under the program's key, or lowers, encodes and loads it, then feeds the
 * leaves and hands back the outputs, which from then on belong to the caller. At most `capacity` sessions are kept; the
 * one not used for longest is released first.
 */
import { LRUCache } from 'lru-cache';
import { fuse } from './fusion/fuse.js';
import type { HostValues, Leaf, Node } from './graph/node.js';
import { type Program, trace } from './graph/program.js';
import { lower } from './lowering/lower.js';
import type { Target } from './lowering/target.js';
import { encode } from './onnx/encode.js';
import { runtimeTensor, Session, type SessionOptions } from './onnxruntime.js';
import { probeBlockSize } from './probe.js';

const defaultCapacity = 32;

interface Compiled {
  readonly session: Session;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

export class Executor {
  compilations = 0;
  runs = 0;
  evictions = 0;
  readonly #target: Target;
  readonly #sessions: LRUCache<string, Compiled>;

  constructor(
    readonly options: SessionOptions,
    capacity = defaultCapacity,
  ) {
    this.#target = { block: probeBlockSize(options), threads: options.threads };
    this.#sessions = new LRUCache({
      max: capacity,
      dispose: ({ session }) => {
        this.evictions += 1;
        session.dispose();
      },
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Values of the nodes, in their order. Equal nodes share one array. */
  compute(nodes: readonly Node[]): HostValues[] {
    const { program, key, leaves, positions } = trace(nodes);
    let compiled = this.#sessions.get(key);
    if (compiled === undefined) {
      compiled = this.#compile(program);
      this.#sessions.set(key, compiled);
    }
    const results = compiled.session.run(feeds(compiled.inputNames, leaves), compiled.outputNames);
    this.runs += 1;
    return positions.map((position) => results[position]!.data);
  }

  /** Releases every session. */
  dispose(): void {
    this.#sessions.clear();
  }

  #compile(program: Program): Compiled {
    this.compilations += 1;
    const graph = lower(fuse(program), this.#target);
    return {
      session: new Session(encode(graph), this.options),
      inputNames: graph.inputs.map(({ name }) => name),
      outputNames: graph.outputs.map(({ name }) => name),
    };
  }
}

function feeds(names: readonly string[], leaves: readonly Leaf[]) {
  return Object.fromEntries(
    leaves.map(({ values, shape, dtype }, index) => [names[index]!, runtimeTensor(dtype, values, shape)]),
  );
}
