/** Which elements are NaN, and which infinite: on WebGPU by comparing, as onnxruntime has no kernels of theirs there. */
import type { Emitter } from './emitter.js';

/** NaN alone differs from itself. */
export function whereNaN(x: string, emitter: Emitter): string {
  if (emitter.target.device !== 'webgpu') return emitter.emit('IsNaN', [x]);
  return emitter.emit('Not', [emitter.emit('Equal', [x, x])]);
}

export function whereInfinite(x: string, emitter: Emitter): string {
  if (emitter.target.device !== 'webgpu') return emitter.emit('IsInf', [x]);
  const infinity = emitter.scalar('float32', Number.POSITIVE_INFINITY);
  return emitter.emit('Equal', [emitter.emit('Abs', [x]), infinity]);
}

export function whereNotFinite(x: string, emitter: Emitter): string {
  return emitter.emit('Or', [whereInfinite(x, emitter), whereNaN(x, emitter)]);
}
