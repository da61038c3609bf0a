import type * as tf from '@tensorflow/tfjs';
import { keptStatistics } from '../models/index.js';
import type { ChunkedBatch } from './chunked-batches.js';
import type { ProgressEvent } from './events.js';
import { Abandoned, reporting } from './reporting.js';
import type { StepPlace, StepResult, TrainingStep } from './training-step.js';

interface ChunkedStep {
  readonly training: TrainingStep;
  /** All models of the learner. */
  readonly models: readonly tf.LayersModel[];
  readonly batch: ChunkedBatch;
  readonly place: StepPlace;
  /** Batches whose gradients are averaged, or 1 for gradient caching. */
  readonly accumulate: number;
  /** Chunks of the batch. */
  readonly chunks: number;
  /** Steps of the run before this one. */
  readonly stepsBefore: number;
  /** Called where the step was stopped or left between two chunks, when all is as before it again. */
  onAbandoned(): void;
}

/**
 * A step in chunks, and how far it is after each of them.
 * @returns undefined where it was stopped between two chunks
 */
export function stepInChunks(
  step: ChunkedStep,
  stop: AbortSignal,
): AsyncGenerator<ProgressEvent, StepResult | undefined, void> {
  // Gradient caching goes through the chunks twice.
  const total = step.accumulate > 1 ? step.chunks : 2 * step.chunks;
  return reporting((report) =>
    computed(step, (done) => {
      if (stop.aborted) throw new Abandoned('The run was stopped.');
      return report({ type: 'progress', step: step.stepsBefore + done / total });
    }),
  );
}

async function computed(
  { training, models, batch, place, accumulate, onAbandoned }: ChunkedStep,
  onChunk: (done: number) => Promise<void>,
): Promise<StepResult | undefined> {
  let done = 0;
  const chunks = async function* () {
    for await (const chunk of batch.chunks()) {
      yield chunk;
      done += 1;
      await onChunk(done);
    }
  };
  // Every chunk moves them, weights move at the end alone.
  const statistics = keptStatistics(models);
  try {
    if (accumulate > 1) return await training.runAccumulated(chunks(), accumulate, place);
    return await training.runInChunks(chunks, place);
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
    statistics.restore();
    onAbandoned();
    return undefined;
  } finally {
    statistics.dispose();
  }
}
