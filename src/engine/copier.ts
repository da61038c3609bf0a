/** Copies values to the device's memory and back: the binding has no call for it, but a session that does nothing else. */
import type { HostValues, Leaf } from './graph/node.js';
import type { Dtype } from './graph/operations.js';
import { encode } from './onnx/encode.js';
import {
  type DeviceTensor,
  type Result,
  runtimeTensor,
  Session,
  type SessionOptions,
} from './onnxruntime.js';

type Direction = 'to device' | 'to host';

export class Copier {
  /** One for each direction and type, made when it is first needed; they take any shape. */
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly options: SessionOptions) {}

  toHost(leaf: Leaf): HostValues {
    return this.#copy(leaf, 'to host') as HostValues;
  }

  toDevice(leaf: Leaf): DeviceTensor {
    return this.#copy(leaf, 'to device') as DeviceTensor;
  }

  #copy(leaf: Leaf, direction: Direction): Result {
    const key = `${leaf.dtype} ${direction}`;
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = new Session(copyModel(leaf.dtype), this.options, direction === 'to device');
      this.#sessions.set(key, session);
    }
    return session.run({ x: runtimeTensor(leaf) }, ['y'])[0]!;
  }

  dispose(): void {
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
  }
}

function copyModel(type: Dtype): Uint8Array {
  return encode({
    inputs: [{ name: 'x', type }],
    outputs: [{ name: 'y', type }],
    constants: [],
    nodes: [{ operator: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
  });
}
