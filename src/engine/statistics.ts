/** What the onnxruntime engine has done so far: for tests and benchmarks. */
import { nodesRecorded } from './graph/node.js';
import { plainKernelCalls } from './kernels/fallback.js';
import { onnxruntimeBackend } from './use.js';

/** What the engine `onnxruntime` has done since it was chosen, for tests, benchmarks and curiosity. */
export interface EngineStatistics {
  /** Programs lowered, encoded and loaded. A second step of the same training adds none. */
  readonly compilations: number;
  /** Programs run. */
  readonly runs: number;
  /** Time spent lowering, encoding and loading. */
  readonly compileMilliseconds: number;
  /** Time spent in onnxruntime; the rest of a step's time goes into recording and into looking the session up. */
  readonly runMilliseconds: number;
  /** Sessions in the cache. */
  readonly sessions: number;
  /** Sessions released to make room. */
  readonly evictions: number;
  /** Bytes copied to the device that computes, where that is not the CPU. */
  readonly bytesToDevice: number;
  /** Bytes copied back. */
  readonly bytesToHost: number;
  /** Bytes of the tensors whose values the device keeps. */
  readonly bytesOnDevice: number;
  /** Operations recorded, computed or not. */
  readonly nodesRecorded: number;
  /** Kernels that had no onnxruntime form and ran in plain JavaScript, with how often. */
  readonly plainKernels: Readonly<Record<string, number>>;
}

/** Counts since the engine was chosen; nodes and plain kernels since the process began. */
export function statistics(): EngineStatistics {
  const backend = onnxruntimeBackend();
  const executor = backend?.executor;
  const residency = backend?.residency;
  return {
    compilations: executor?.compilations ?? 0,
    runs: executor?.runs ?? 0,
    compileMilliseconds: executor?.compileMilliseconds ?? 0,
    runMilliseconds: executor?.runMilliseconds ?? 0,
    sessions: executor?.sessions ?? 0,
    evictions: executor?.evictions ?? 0,
    bytesToDevice: residency?.bytesToDevice ?? 0,
    bytesToHost: residency?.bytesToHost ?? 0,
    bytesOnDevice: residency?.bytesOnDevice ?? 0,
    nodesRecorded: nodesRecorded(),
    plainKernels: Object.fromEntries(plainKernelCalls()),
  };
}
