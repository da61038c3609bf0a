/** What a contestant's process is asked and what it replies: one JSON object a line each. */
import type { Case } from './cases.js';

export const learningRate = 0.01;
export const temperature = 0.1;

export type Request =
  /** Build the network and the images of the case. `weights`: a safetensors file in TensorFlow.js's names and layouts. */
  | { readonly command: 'prepare'; readonly case: Case; readonly weights: string }
  | { readonly command: 'run'; readonly steps: number }
  /** Multiply two square float32 matrices of this size. */
  | { readonly command: 'multiply'; readonly size: number };

export interface Prepared {
  /** Of the library that computes, with its version. */
  readonly name: string;
  /** Trainable ones. */
  readonly parameters: number;
}

export interface Timed {
  readonly seconds: number;
  /** Milliseconds a step outside the compiled run: recording, looking the session up, handing values over. */
  readonly recording?: number;
  /** The last step's loss, or the features of the first image. */
  readonly result: readonly number[];
}

export interface Failed {
  readonly error: string;
}
