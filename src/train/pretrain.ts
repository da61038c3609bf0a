import { InputError } from '../errors.js';
import type { Run, TrainEvent } from './events.js';
import { type Plan, type PretrainOptions, planned } from './plan.js';
import { Sitting } from './sitting.js';

/**
 * Prepares a pretraining run; it starts when its events are read and does no work between reads.
 * @throws InputError for options that cannot be used. Reading the run throws one for an encoder that the method cannot
 *   train, for a run folder that cannot be used, and on a second reading; a `DivergenceError` where the loss or the
 *   weights become NaN or infinite
 */
export function pretrain(options: PretrainOptions): Run {
  const plan = planned(options);
  let begun = false;
  let stopRequested = false;
  return {
    stop() {
      stopRequested = true;
    },
    [Symbol.asyncIterator]() {
      if (begun) {
        throw new InputError(
          "A run can be read once only; call pretrain again, with existing: 'resume' to go on from its checkpoint.",
        );
      }
      begun = true;
      return train(plan, () => stopRequested);
    },
  };
}

async function* train(plan: Plan, stopRequested: () => boolean): AsyncGenerator<TrainEvent, void, void> {
  const sitting = await Sitting.begin(plan);
  let failed = false;
  try {
    for await (const event of trainingEvents(sitting, stopRequested)) {
      // What the reader does with an event is no part of the training.
      sitting.stopwatch.pause();
      yield event;
      sitting.stopwatch.resume();
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await end(sitting, failed);
  }
}

async function* trainingEvents(
  sitting: Sitting,
  stopRequested: () => boolean,
): AsyncGenerator<TrainEvent, void, void> {
  yield sitting.startEvent();
  yield* sitting.warnings();
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
}

/** Saves what was trained and not yet saved, as where the reader left its loop, and frees what the sitting holds. */
async function end(sitting: Sitting, failed: boolean): Promise<void> {
  try {
    try {
      await sitting.save();
    } finally {
      await sitting.close();
    }
  } catch (error) {
    // What ended the training is the failure to report, not what else it made impossible.
    if (!failed) throw error;
  }
}
