import type { Run, TrainEvent } from './events.js';
import { type Plan, type PretrainOptions, planned } from './plan.js';
import { Sitting } from './sitting.js';

/**
 * Prepares a pretraining run; it starts when its events are read and does no work between reads.
 * @throws InputError for options that cannot be used; a run folder is looked at when the run starts
 */
export function pretrain(options: PretrainOptions): Run {
  const plan = planned(options);
  let stopRequested = false;
  return {
    stop() {
      stopRequested = true;
    },
    [Symbol.asyncIterator]: () => train(plan, () => stopRequested),
  };
}

async function* train(plan: Plan, stopRequested: () => boolean): AsyncGenerator<TrainEvent, void, void> {
  const sitting = await Sitting.begin(plan);
  try {
    yield sitting.startEvent();
    while (!sitting.finished) {
      for await (const batch of sitting.restOfEpoch()) {
        yield* await sitting.step(batch);
        if (stopRequested() || sitting.checkpointDue) yield* await sitting.save();
        if (stopRequested() && !sitting.finished) {
          yield sitting.endEvent('stopped');
          return;
        }
      }
    }
    yield* await sitting.save();
    yield sitting.endEvent('completed');
  } finally {
    // Reached without a save when the reader leaves its loop: what was trained must not be lost.
    await sitting.save();
    sitting.dispose();
  }
}
