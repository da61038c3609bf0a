import type { MessagePort } from 'node:worker_threads';
import { move } from 'piscina';
import { type Projection, positions } from './projection.js';

export interface ProjectionJob {
  readonly projection: Projection;
  /** Is told the steps done. */
  readonly port: MessagePort;
}

export default function projectionWorker({ projection, port }: ProjectionJob): Float32Array {
  return move(positions(projection, (done) => port.postMessage(done))) as unknown as Float32Array;
}
