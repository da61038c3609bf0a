import { runOfSitting } from '../../train/run-of-sitting.js';
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
  return runOfSitting(
    () => SupervisedSitting.begin(plan),
    trainingEvents,
    "begin it again, with existing: 'resume' to go on from its checkpoint",
  );
}

async function* trainingEvents(
  sitting: SupervisedSitting,
  stop: AbortSignal,
): AsyncGenerator<SupervisedEvent, void, void> {
  yield sitting.startEvent();
  while (!sitting.finished && !stop.aborted) {
    for await (const batch of sitting.restOfEpoch()) {
      yield* await sitting.step(batch);
      if (stop.aborted) break;
      if (sitting.checkpointDue) yield* await sitting.save();
    }
    yield* sitting.endEpoch(stop);
    yield* await sitting.save();
  }
  yield* sitting.end(stop);
}
