/**
 * Runs programs: finds the compiled session under the program's key, or lowers, encodes and loads it, then feeds the
 * leaves and hands back the outputs, which from then on belong to the caller. The number of sessions kept is bounded, and
 * so is the memory they may hold; the one not used for longest is released first.
 */
import { totalmem } from 'node:os';
import { LRUCache } from 'lru-cache';
import { fuse } from './fusion/fuse.js';
import { type Leaf, sizeOf } from './graph/node.js';
import type { Program, Trace } from './graph/program.js';
import { lower } from './lowering/lower.js';
import type { Target } from './lowering/target.js';
import { encode } from './onnx/encode.js';
import type { OnnxGraph } from './onnx/graph.js';
import {
  keepsResults,
  type Result,
  type RuntimeTensor,
  runtimeTensor,
  Session,
  type SessionOptions,
} from './onnxruntime.js';
import { probeBlockSize } from './probe.js';

/** Most sessions kept. */
const capacity = 32;
/** Most bytes that the values of their programs may have together: a session keeps the memory of its last run. */
const byteCapacity = totalmem() / 2;

interface Compiled {
  readonly session: Session;
  readonly graph: OnnxGraph;
  readonly outputNames: readonly string[];
}

export class Executor {
  compilations = 0;
  runs = 0;
  evictions = 0;
  compileMilliseconds = 0;
  runMilliseconds = 0;
  readonly #target: Target;
  readonly #sessions: LRUCache<string, Compiled>;

  constructor(readonly options: SessionOptions) {
    this.#target = { device: options.device, block: probeBlockSize(options), threads: options.threads };
    this.#sessions = new LRUCache({
      max: capacity,
      maxSize: byteCapacity,
      dispose: ({ session }) => {
        this.evictions += 1;
        session.dispose();
      },
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** What was wanted of the traced program, computed from its leaves. Equal nodes share one result. */
  run({ program, key, leaves, positions }: Trace): Result[] {
    let compiled = this.#sessions.get(key);
    if (compiled === undefined) {
      const begin = performance.now();
      compiled = this.#compile(program);
      this.compileMilliseconds += performance.now() - begin;
      this.#sessions.set(key, compiled, { size: Math.min(bytesOf(program), byteCapacity) });
    }
    const begin = performance.now();
    const results = this.#call(compiled, leaves);
    this.runMilliseconds += performance.now() - begin;
    this.runs += 1;
    return positions.map((position) => results[position]!);
  }

  #call({ session, graph, outputNames }: Compiled, leaves: readonly Leaf[]) {
    try {
      return session.run(feeds(graph.inputs, leaves), outputNames);
    } catch (error) {
      throw new Error(failureText((error as Error).message, graph), { cause: error });
    }
  }

  /** Releases every session. */
  dispose(): void {
    this.#sessions.clear();
  }

  #compile(program: Program): Compiled {
    this.compilations += 1;
    const graph = lower(fuse(program), this.#target);
    return {
      session: new Session(encode(graph), this.options, keepsResults(this.options.device)),
      graph,
      outputNames: graph.outputs.map(({ name }) => name),
    };
  }
}

/** onnxruntime names the node that failed; the operation it is part of says more. */
function failureText(message: string, graph: OnnxGraph): string {
  const [, name] = /Name:'([^']+)'/.exec(message) ?? [];
  const failed = graph.nodes.find(({ outputs }) => outputs[0] === name);
  const operation = failed?.origin ?? 'The recorded operations';
  const advice = 'engine.use({ debug: true }) stops at the line that called it.';
  return `${operation} failed: ${message.trim()} ${advice}`;
}

/** An upper bound of what a run needs: onnxruntime uses the memory of values that are no longer read again. */
function bytesOf({ instructions }: Program): number {
  const elements = instructions.reduce((total, { shape }) => total + sizeOf(shape), 0);
  return 4 * Math.max(elements, 1);
}

/** The leaves in the shapes of the inputs. */
function feeds(inputs: OnnxGraph['inputs'], leaves: readonly Leaf[]): Record<string, RuntimeTensor> {
  return Object.fromEntries(
    inputs.map(({ name, shape }, index) => [name, runtimeTensor(leaves[index]!, shape)]),
  );
}
