/** One sitting of a run: from its start, or the checkpoint it resumes, to its end or the reader's leaving. */
import { type ViewBatch, viewBatches } from '../data/index.js';
import type { Learner } from '../methods/index.js';
import { statistics } from '../npc/index.js';
import { checkpointPath, type Progress, restoreCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { CheckpointEvent, EndEvent, EpochEvent, StartEvent, StepEvent } from './events.js';
import { type Plan, settingsOf } from './plan.js';
import { openRunFolder, recordEvents } from './run-folder.js';
import { cosineWithWarmup } from './schedule.js';
import { type StepResult, TrainingStep } from './training-step.js';

/** The loss is NaN or infinite: the message names the step, the images and the last good checkpoint. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

export class Sitting {
  private progress: Progress = { step: 0, epochLoss: 0, seconds: 0, epochStart: 0 };
  private savedStep = 0;
  private savedAt = performance.now();
  private measuredAt = performance.now();
  private reportedStep = 0;
  private reportedSeconds = 0;
  private diverged = false;

  private constructor(
    private readonly plan: Plan,
    private readonly learner: Learner,
    private readonly training: TrainingStep,
  ) {}

  /** @throws InputError where the run folder cannot be used, or its checkpoint is damaged or another model's */
  static async begin(plan: Plan): Promise<Sitting> {
    const folder = plan.checkpoint;
    const checkpoint = folder && (await openRunFolder(folder, settingsOf(plan), plan.existing));
    const learner = plan.method.start(plan.encoder, plan.seed);
    const sitting = new Sitting(plan, learner, new TrainingStep(learner, plan.data.shape, plan));
    if (checkpoint) {
      restoreCheckpoint(checkpoint, sitting.state);
      sitting.progress = checkpoint.progress;
      sitting.savedStep = sitting.reportedStep = checkpoint.progress.step;
      sitting.reportedSeconds = checkpoint.progress.seconds;
    }
    return sitting;
  }

  get finished(): boolean {
    return this.progress.step >= this.plan.totalSteps;
  }

  get checkpointDue(): boolean {
    return performance.now() - this.savedAt > this.plan.checkpointSeconds * 1000;
  }

  /** The batches that the epoch under way still has to see. */
  restOfEpoch(): AsyncIterable<ViewBatch> {
    const { data: dataset, views, batchSize, seed, stepsPerEpoch } = this.plan;
    const { step } = this.progress;
    const epoch = Math.floor(step / stepsPerEpoch);
    return viewBatches({ dataset, views, batchSize, seed, epoch, firstStep: step % stepsPerEpoch });
  }

  startEvent(): StartEvent {
    const { totalSteps, stepsPerEpoch, epochs, method, data } = this.plan;
    const title = `${method.name} ${method.loss.lossName} on ${data.name}`;
    return { type: 'start', step: this.progress.step, totalSteps, stepsPerEpoch, epochs, title };
  }

  /** Trains on one batch and returns what there is to report. @throws DivergenceError */
  async step(batch: ViewBatch): Promise<(StepEvent | EpochEvent)[]> {
    const learningRate = this.learningRate();
    const result = await this.training.run(batch.views, learningRate);
    if (!Number.isFinite(result.loss)) throw this.divergence(result.loss, batch);
    this.progress = this.advanced(result.loss);
    const { step } = this.progress;
    const epochEnds = step % this.plan.stepsPerEpoch === 0;
    const events: (StepEvent | EpochEvent)[] = [];
    if (epochEnds || step % this.plan.reportEvery === 0) events.push(this.stepEvent(result, learningRate));
    if (epochEnds) events.push(this.endEpoch());
    if (this.plan.checkpoint && events.length > 0) await recordEvents(this.plan.checkpoint, events);
    return events;
  }

  /** Writes a checkpoint unless nothing has happened since the last, or there is no folder. */
  async save(): Promise<CheckpointEvent[]> {
    const { checkpoint: folder } = this.plan;
    const { step } = this.progress;
    if (!folder || this.diverged || step === this.savedStep) return [];
    const path = checkpointPath(folder);
    await saveCheckpoint(path, this.state, this.progress);
    this.savedStep = step;
    this.savedAt = performance.now();
    return [{ type: 'checkpoint', step, path }];
  }

  endEvent(reason: EndEvent['reason']): EndEvent {
    return { type: 'end', reason, step: this.progress.step, seconds: this.progress.seconds };
  }

  /** Frees what the run added; the encoder is the caller's and stays. */
  dispose(): void {
    this.training.optimiser.dispose();
    for (const model of Object.values(this.learner.models)) if (model !== this.plan.encoder) model.dispose();
  }

  private get state() {
    return { models: this.learner.models, optimiser: this.training.optimiser };
  }

  private learningRate(): number {
    const { learningRate: peak, totalSteps, warmupEpochs, stepsPerEpoch } = this.plan;
    const warmupSteps = Math.round(warmupEpochs * stepsPerEpoch);
    return cosineWithWarmup(this.progress.step, { peak, totalSteps, warmupSteps });
  }

  private advanced(loss: number): Progress {
    const { step, epochLoss, seconds, epochStart } = this.progress;
    const now = performance.now();
    const elapsed = (now - this.measuredAt) / 1000;
    this.measuredAt = now;
    return { step: step + 1, epochLoss: epochLoss + loss, seconds: seconds + elapsed, epochStart };
  }

  private stepEvent({ loss, multiplier }: StepResult, learningRate: number): StepEvent {
    const { step, seconds } = this.progress;
    const { batchSize, stepsPerEpoch } = this.plan;
    const images = (step - this.reportedStep) * batchSize;
    const imagesPerSecond = images / (seconds - this.reportedSeconds);
    this.reportedStep = step;
    this.reportedSeconds = seconds;
    const epoch = Math.ceil(step / stepsPerEpoch);
    return {
      type: 'step',
      step,
      epoch,
      loss,
      learningRate,
      imagesPerSecond,
      multiplier: statistics(multiplier),
    };
  }

  private endEpoch(): EpochEvent {
    const { step, epochLoss, seconds, epochStart } = this.progress;
    const { stepsPerEpoch } = this.plan;
    const event: EpochEvent = {
      type: 'epoch',
      epoch: step / stepsPerEpoch,
      step,
      loss: epochLoss / stepsPerEpoch,
      seconds: seconds - epochStart,
    };
    this.progress = { ...this.progress, epochLoss: 0, epochStart: seconds };
    return event;
  }

  private divergence(loss: number, { step: position, indices }: ViewBatch): DivergenceError {
    this.diverged = true;
    const { checkpoint: folder, stepsPerEpoch, data } = this.plan;
    const { step } = this.progress;
    const kept =
      folder && this.savedStep > 0
        ? `The last good checkpoint is ${checkpointPath(folder)} (step ${this.savedStep}).`
        : 'No checkpoint had been written.';
    return new DivergenceError(
      `The loss became ${loss} at step ${step + 1} (epoch ${Math.floor(step / stepsPerEpoch) + 1}, batch ${position + 1}; ` +
        `images ${[...indices].join(', ')} of ${data.name}). ${kept} Try a lower learning rate or a higher temperature.`,
    );
  }
}
