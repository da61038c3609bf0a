import type { Run, TrainEvent } from './events.js';
import { type PretrainOptions, planned } from './plan.js';
import { runOfSitting } from './run-of-sitting.js';
import { Sitting } from './sitting.js';

/**
 * Prepares a pretraining run; it starts when its events are read and does no work between reads.
 * @throws InputError for options that cannot be used. Reading the run throws one for an encoder that the method cannot
 *   train, for a run folder that cannot be used, and on a second reading; a `DivergenceError` where the loss or the
 *   weights become NaN or infinite
 *
 * @example
 * ```ts
 * const { train } = await dcl.data.load('mnist');
 * const encoder = dcl.models.resnet8({ inputShape: train.shape, seed: 1 });
 * const method = dcl.methods.simclr({ loss: dcl.losses.dcl({ temperature: 0.1 }) });
 * const run = dcl.train.pretrain({ encoder, data: train, method, batchSize: 32, epochs: 1, checkpoint: 'runs/first' });
 * for await (const event of run) {
 *   if (event.type === 'step') console.log(event.step, event.loss, event.multiplier.mean);
 * }
 * ```
 */
export function pretrain(options: PretrainOptions): Run {
  const plan = planned(options);
  return runOfSitting(
    () => Sitting.begin(plan),
    trainingEvents,
    "call pretrain again, with existing: 'resume' to go on from its checkpoint",
  );
}

async function* trainingEvents(sitting: Sitting, stop: AbortSignal): AsyncGenerator<TrainEvent, void, void> {
  yield sitting.startEvent();
  yield* sitting.warnings();
  // An earlier sitting may have been stopped between an epoch and its evaluation.
  yield* await sitting.evaluate(stop);
  while (!sitting.finished && !stop.aborted) {
    for await (const batch of sitting.restOfEpoch()) {
      yield* sitting.step(batch, stop);
      yield* await sitting.evaluate(stop);
      if (stop.aborted) break;
      if (sitting.checkpointDue) yield* await sitting.save();
    }
  }
  yield* await sitting.save();
  yield sitting.endEvent();
}
