/** Finds out how onnxruntime lays out blocked images on this machine: 16 channels with AVX-512, 8 with AVX2, none elsewhere. */
import { encode } from './onnx/encode.js';
import { runtimeTensor, Session, type SessionOptions } from './onnxruntime.js';

const channels = 32;

/**
 * Channels per block, 0 where there is no blocked layout. Reorders 32 channels of two pixels, every pixel holding its
 * channel's number: the first pixel of the first block ends where channel 0 comes again.
 */
export function probeBlockSize({ device }: SessionOptions): number {
  if (device !== 'cpu') return 0;
  try {
    const session = new Session(encode(probe), { device, threads: 1 });
    const numbers = Float32Array.from({ length: 2 * channels }, (_, index) => Math.floor(index / 2));
    const [reordered] = session.run({ x: runtimeTensor('float32', numbers, shape) }, ['y']);
    session.dispose();
    const block = reordered!.data.indexOf(0, 1);
    return block === 8 || block === 16 ? block : 0;
  } catch {
    return 0;
  }
}

const shape = [1, channels, 1, 2];
const reorder = { operator: 'ReorderInput', domain: 'com.microsoft.nchwc', attributes: {} };
const probe = {
  inputs: [{ name: 'x', type: 'float32', shape }],
  outputs: [{ name: 'y', type: 'float32', shape }],
  constants: [],
  nodes: [{ ...reorder, inputs: ['x'], outputs: ['y'] }],
} as const;
