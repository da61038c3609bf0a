import { InputError } from '../../errors.js';
import type { SupervisedEvent, SupervisedRun } from './events.js';
import { plannedSupervised, type SupervisedOptions, type SupervisedPlan } from './plan.js';
import { SupervisedSitting } from './sitting.js';

/**
 * Linear evaluation as it is done on ImageNet: a linear classifier is trained on augmented images (SGD, momentum 0.9, no weight
 * decay, cosine by step) that the frozen encoder embeds in inference mode, batch norm by its moving statistics. The result is
 * that of the last epoch. 90 epochs and learning rate 0.1 x batchSize / 256 by default, the protocol of VISSL and lightly.
 * @throws InputError for options that cannot be used. Reading the run throws one for a run folder that cannot be used, and on a
 *   second reading; a `DivergenceError` where the loss or the weights become NaN or infinite
 */
export function onlineLinearEvaluation(options: SupervisedOptions): SupervisedRun {
  return supervised(plannedSupervised({ name: 'linear evaluation', epochs: 90, learningRate: 0.1 }, options));
}

/**
 * Fine-tuning: a copy of the encoder, batch norm in training mode, is trained together with a linear classifier (SGD, momentum
 * 0.9, no weight decay, cosine by step). The result is that of the last epoch. 30 epochs and learning rate
 * 0.05 x batchSize / 256 by default, as lightly does. With `checkpoint`, `train.loadEncoder` gives the encoder it came to.
 * @throws InputError and `DivergenceError` as `onlineLinearEvaluation` does
 */
export function fineTune(options: SupervisedOptions): SupervisedRun {
  return supervised(plannedSupervised({ name: 'fine-tuning', epochs: 30, learningRate: 0.05 }, options));
}

function supervised(plan: SupervisedPlan): SupervisedRun {
  let begun = false;
  let stopRequested = false;
  return {
    stop() {
      stopRequested = true;
    },
    [Symbol.asyncIterator]() {
      if (begun) {
        throw new InputError(
          "A run can be read once only; begin it again, with existing: 'resume' to go on from its checkpoint.",
        );
      }
      begun = true;
      return train(plan, () => stopRequested);
    },
  };
}

async function* train(
  plan: SupervisedPlan,
  stopRequested: () => boolean,
): AsyncGenerator<SupervisedEvent, void, void> {
  const sitting = await SupervisedSitting.begin(plan);
  let failed = false;
  try {
    for await (const event of trainingEvents(plan, sitting, stopRequested)) {
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
  { epochs }: SupervisedPlan,
  sitting: SupervisedSitting,
  stopRequested: () => boolean,
): AsyncGenerator<SupervisedEvent, void, void> {
  yield sitting.startEvent();
  while (sitting.epochsDone < epochs) {
    for await (const batch of sitting.restOfEpoch()) {
      yield* await sitting.step(batch);
      if (stopRequested() || sitting.checkpointDue) yield* await sitting.save();
      if (stopRequested()) {
        yield sitting.stoppedEvent();
        return;
      }
    }
    yield await sitting.endEpoch();
    yield* await sitting.save();
  }
  yield await sitting.completedEvent();
}

/** Saves what was trained and not yet saved, as where the reader left its loop, and frees what the sitting holds. */
async function end(sitting: SupervisedSitting, failed: boolean): Promise<void> {
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
