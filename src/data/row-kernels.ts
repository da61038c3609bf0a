import { binary } from './row-kernels.wasm.js';

/** Addresses and lengths are in bytes of the kernels' memory. */
interface RowKernels {
  readonly memory: WebAssembly.Memory;
  readonly resizeRow: (
    pixels: number,
    channels: number,
    taps: number,
    record: number,
    output: number,
    length: number,
  ) => void;
  readonly sumRows: (
    rows: number,
    stride: number,
    weights: number,
    count: number,
    output: number,
    length: number,
  ) => void;
}

const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(binary, 'base64')));

export const { memory, resizeRow, sumRows } = instance.exports as unknown as RowKernels;

/** How far beyond their rows the kernels read and write, so that they need not end within a vector. */
const beyond = 64;
const page = 2 ** 16;

/**
 * Addresses of stretches of so many bytes in the kernels' memory, which hold what was there before. The next call gives them
 * away again, and ends all arrays on the memory if it has to grow.
 */
export function reserve<const Lengths extends readonly number[]>(
  ...lengths: Lengths
): { [Place in keyof Lengths]: number } {
  let end = 0;
  const addresses = lengths.map((length) => {
    const address = end;
    end += Math.ceil(length / beyond + 1) * beyond;
    return address;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
  return addresses as { [Place in keyof Lengths]: number };
}

/** Values of the kernels' memory, to read and write. */
export function floats(address: number, length: number): Float32Array {
  return new Float32Array(memory.buffer, address, length);
}
