import { InputError, requireInteger } from '../errors.js';
import { copyOf } from '../models/index.js';
import type { PretrainOptions } from './plan.js';
import { pretrain } from './pretrain.js';

/** How long {@link estimate} measures. */
export interface EstimateOptions {
  /** Steps that are timed; 5 by default. */
  readonly steps?: number;
  /** Called after each step, the untimed ones included. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a whole run would take on this machine. */
export interface Estimate {
  /** Images (not views) trained on per second, the median over the timed steps. */
  readonly imagesPerSecond: number;
  /** Of the whole run. */
  readonly totalSteps: number;
  /** Of the whole run, checkpoints not counted. */
  readonly seconds: number;
  /** Largest resident size of this process so far, in bytes; what lies in a GPU's own memory is not in it. */
  readonly peakMemory: number;
}

/** The engine records the first steps and compiles them; those after it are all alike. */
const untimed = 3;

/**
 * Times a few steps of a run, on a copy of its encoder: nothing is written or changed.
 * @throws InputError where `pretrain` does, and for a run of fewer steps than are measured
 */
export async function estimate(
  { checkpoint: _, ...options }: PretrainOptions,
  { steps = 5, onProgress }: EstimateOptions = {},
): Promise<Estimate> {
  requireInteger('steps', steps);
  const encoder = copyOf(options.encoder);
  const speeds: number[] = [];
  let totalSteps = 0;
  try {
    const run = pretrain({ ...options, encoder, reportEvery: 1 });
    for await (const event of run) {
      if (event.type === 'start') {
        totalSteps = event.totalSteps;
        if (totalSteps < untimed + steps) throw tooShort(totalSteps, steps);
      }
      if (event.type !== 'step') continue;
      onProgress?.(event.step, untimed + steps);
      if (event.step > untimed) speeds.push(event.imagesPerSecond);
      if (event.step >= untimed + steps) run.stop();
    }
  } finally {
    encoder.dispose();
  }
  const imagesPerSecond = speeds.sort((a, b) => a - b)[Math.floor(speeds.length / 2)]!;
  const images = totalSteps * (options.batchSize ?? 32) * (options.accumulate ?? 1);
  return {
    imagesPerSecond,
    totalSteps,
    seconds: images / imagesPerSecond,
    peakMemory: process.resourceUsage().maxRSS * 1024,
  };
}

function tooShort(totalSteps: number, steps: number): InputError {
  return new InputError(
    `The run has ${totalSteps} steps, too few to time ${steps} after the first ${untimed}; it takes no estimate to try it.`,
  );
}
