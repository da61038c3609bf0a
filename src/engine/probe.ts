/** Tries out on tiny models what this machine can do. */
import { leaf } from './graph/node.js';
import { blockedDomain } from './lowering/emitter.js';
import { encode } from './onnx/encode.js';
import type { OnnxGraph } from './onnx/graph.js';
import { runtimeTensor, Session, type SessionOptions } from './onnxruntime.js';

const channels = 32;
const shape = [1, channels, 1, 2];

/** Why onnxruntime cannot compute on the device; undefined if it can. */
export function deviceFailure(device: SessionOptions['device']): string | undefined {
  try {
    const session = new Session(encode(model('Sqrt', '')), { device, threads: 1 });
    session.run({ x: runtimeTensor(leaf(new Float32Array(2 * channels), shape, 'float32')) }, ['y']);
    session.dispose();
    return undefined;
  } catch (error) {
    const [line = ''] = (error as Error).message.trim().split('\n');
    // Leaves out where in onnxruntime's source the check stands.
    return line.replace(/^\/onnxruntime_src.* was false\. /, '');
  }
}

/**
 * Channels per block of onnxruntime's blocked layout, 16 with AVX-512 and 8 with AVX2, 0 where there is no blocked layout. Reorders 32 channels of two pixels, every pixel holding its
 * channel's number: the first pixel of the first block ends where channel 0 comes again.
 */
export function probeBlockSize({ device }: SessionOptions): number {
  if (device !== 'cpu') return 0;
  try {
    const session = new Session(encode(model('ReorderInput', blockedDomain.domain)), { device, threads: 1 });
    const numbers = Float32Array.from({ length: 2 * channels }, (_, index) => Math.floor(index / 2));
    const [reordered] = session.run({ x: runtimeTensor(leaf(numbers, shape, 'float32')) }, ['y']);
    session.dispose();
    const block = (reordered as Float32Array).indexOf(0, 1);
    return block === 8 || block === 16 ? block : 0;
  } catch {
    return 0;
  }
}

function model(operator: string, domain: string): OnnxGraph {
  return {
    inputs: [{ name: 'x', type: 'float32', shape }],
    outputs: [{ name: 'y', type: 'float32', shape }],
    constants: [],
    nodes: [{ operator, domain, inputs: ['x'], outputs: ['y'], attributes: {} }],
  };
}
