/** One sitting of a run: from its start, or the checkpoint it resumes, to its end or the reader's leaving. */
import * as tf from '@tensorflow/tfjs';
import { type ViewBatch, viewBatches, viewShapes } from '../data/index.js';
import type { Learner } from '../methods/index.js';
import { statistics } from '../npc/index.js';
import { noProgress, type Progress } from './checkpoint.js';
import { Checkpointing } from './checkpointing.js';
import { type ChunkedBatch, chunkedBatches } from './chunked-batches.js';
import type { DivergenceError } from './divergence.js';
import { Evaluations } from './evaluation.js';
import type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  EvaluationEvent,
  ProgressEvent,
  RecordedEvent,
  StartEvent,
  StepEvent,
  WarningEvent,
} from './events.js';
import { accumulationWarning } from './gradient-accumulation.js';
import { type Plan, settingsOf } from './plan.js';
import { cosineWithWarmup } from './schedule.js';
import { stepInChunks } from './step-in-chunks.js';
import { Stopwatch } from './stopwatch.js';
import { type StepPlace, type StepResult, TrainingStep } from './training-step.js';

export class Sitting {
  /** Counts the time spent training. */
  readonly stopwatch = new Stopwatch();
  private readonly learner: Learner;
  private readonly training: TrainingStep;
  private readonly evaluations: Evaluations;
  private readonly checkpointing: Checkpointing;
  private recorded: readonly RecordedEvent[] = [];
  private progress = noProgress;
  private secondsBefore = 0;
  private reported = noProgress;

  private constructor(private readonly plan: Plan) {
    this.evaluations = new Evaluations(plan);
    this.checkpointing = new Checkpointing({
      ...plan,
      advice: 'Try a lower learning rate or a higher temperature.',
    });
    this.learner = plan.method.start(plan.encoder, plan.seed);
    this.training = new TrainingStep(this.learner, viewShapes(plan.data.shape, plan.views), plan.optimiser);
  }

  /** @throws InputError where the run folder cannot be used, or its checkpoints are damaged or another model's */
  static async begin(plan: Plan): Promise<Sitting> {
    const sitting = new Sitting(plan);
    try {
      if (plan.checkpoint !== undefined) await sitting.open(plan.checkpoint);
    } catch (error) {
      await sitting.close();
      throw error;
    }
    return sitting;
  }

  private async open(path: string): Promise<void> {
    const { existing } = this.plan;
    const settings = await settingsOf(this.plan);
    const resumed = await this.checkpointing.open({ path, existing }, settings, this.state);
    if (resumed === undefined) return;
    this.progress = this.reported = resumed.progress;
    this.secondsBefore = resumed.progress.seconds;
    this.recorded = resumed.recorded;
    this.evaluations.resume(this.recorded);
  }

  get finished(): boolean {
    const { step } = this.progress;
    return step >= this.plan.totalSteps && !this.evaluations.dueAfter(step);
  }

  get checkpointDue(): boolean {
    return this.checkpointing.due;
  }

  /** The batches that the epoch under way still has to see. */
  restOfEpoch(): AsyncIterable<ViewBatch> | Iterable<ChunkedBatch> {
    const { data: dataset, views, batchSize, chunkSize, accumulate, seed, stepsPerEpoch } = this.plan;
    const { step } = this.progress;
    const epoch = Math.floor(step / stepsPerEpoch);
    const rest = { dataset, views, batchSize, seed, epoch, firstStep: step % stepsPerEpoch };
    if (accumulate > 1) return chunkedBatches({ ...rest, batchSize: batchSize * accumulate }, batchSize);
    return chunkSize === undefined ? viewBatches(rest) : chunkedBatches(rest, chunkSize);
  }

  startEvent(): StartEvent {
    const { totalSteps, stepsPerEpoch, epochs, method, data } = this.plan;
    const title = `${method.name} ${method.loss.lossName} on ${data.name}`;
    const { recorded } = this;
    return { type: 'start', step: this.progress.step, totalSteps, stepsPerEpoch, epochs, title, recorded };
  }

  warnings(): WarningEvent[] {
    const { accumulate, batchSize } = this.plan;
    return accumulate > 1 ? [{ type: 'warning', message: accumulationWarning(accumulate, batchSize) }] : [];
  }

  /**
   * Trains on one batch, or as many as are accumulated, and reports of it. Stopped or left between two chunks, everything is as
   * before the step.
   * @throws DivergenceError
   */
  async *step(
    batch: ViewBatch | ChunkedBatch,
    stop: AbortSignal,
  ): AsyncGenerator<ProgressEvent | StepEvent | EpochEvent, void, void> {
    this.checkpointing.consistent = false;
    const learningRate = this.learningRate();
    const place = { learningRate, progress: (this.progress.step + 1) / this.plan.totalSteps };
    const result =
      'views' in batch
        ? await this.training.run(batch.views, place)
        : yield* this.stepInChunks(batch, place, stop);
    if (result === undefined) return;
    if (!Number.isFinite(result.loss)) throw this.lossDiverged(result.loss, batch);
    this.progress = this.advanced(result.loss);
    const { step } = this.progress;
    const epochEnds = step % this.plan.stepsPerEpoch === 0;
    const events: (StepEvent | EpochEvent)[] = [];
    if (epochEnds || step % this.plan.reportEvery === 0) events.push(this.stepEvent(result, learningRate));
    if (epochEnds) events.push(this.endEpoch());
    await this.checkpointing.record(events);
    this.checkpointing.consistent = true;
    if (events.length > 0) yield* events;
    else yield { type: 'progress', step };
  }

  private stepInChunks(batch: ChunkedBatch, place: StepPlace, stop: AbortSignal) {
    const { training } = this;
    const { accumulate, batchSize, chunkSize = batchSize } = this.plan;
    const chunks = accumulate > 1 ? accumulate : batchSize / chunkSize;
    const models = Object.values(this.learner.models);
    const stepsBefore = this.progress.step;
    const onAbandoned = () => {
      this.checkpointing.consistent = true;
    };
    const step = { training, models, batch, place, accumulate, chunks, stepsBefore, onAbandoned };
    return stepInChunks(step, stop);
  }

  /** Evaluates the encoder where that is due. Interrupted by a stop, it is due still. */
  async evaluate(stop: AbortSignal): Promise<EvaluationEvent[]> {
    const { step } = this.progress;
    if (stop.aborted || !this.evaluations.dueAfter(step)) return [];
    this.stopwatch.pause();
    const event = await this.evaluations.make(step, stop);
    this.stopwatch.resume();
    if (event === undefined) return [];
    await this.checkpointing.record([event]);
    return [event];
  }

  /**
   * Writes a checkpoint unless nothing has happened since the last, or there is no folder.
   * @throws DivergenceError where the last update made weights that are not finite: the checkpoint before stays
   */
  save(): Promise<CheckpointEvent[]> {
    return this.checkpointing.save(this.state, this.progress);
  }

  endEvent(): EndEvent {
    const { step, seconds } = this.progress;
    return { type: 'end', reason: this.finished ? 'completed' : 'stopped', step, seconds };
  }

  /** Frees what the run added and leaves its folder; the encoder is the caller's and stays. */
  async close(): Promise<void> {
    this.training.dispose();
    tf.dispose(Object.values(this.learner.memory));
    for (const model of Object.values(this.learner.models)) if (model !== this.plan.encoder) model.dispose();
    await this.checkpointing.close();
  }

  private get state() {
    const { models, memory } = this.learner;
    return { models, memory, optimiser: this.training.optimiser };
  }

  private learningRate(): number {
    const {
      learningRate: peak,
      totalSteps,
      warmupEpochs,
      stepsPerEpoch,
      warmupStart,
      cosineFloor,
    } = this.plan;
    const warmupSteps = Math.round(warmupEpochs * stepsPerEpoch);
    return cosineWithWarmup(this.progress.step, { peak, totalSteps, warmupSteps, warmupStart, cosineFloor });
  }

  private advanced(loss: number): Progress {
    const { step, epochLoss } = this.progress;
    const seconds = this.secondsBefore + this.stopwatch.seconds;
    return { ...this.progress, step: step + 1, epochLoss: epochLoss + loss, seconds };
  }

  private stepEvent({ loss, multiplier }: StepResult, learningRate: number): StepEvent {
    const { step, seconds } = this.progress;
    const { batchSize, accumulate, stepsPerEpoch } = this.plan;
    const images = (step - this.reported.step) * batchSize * accumulate;
    const imagesPerSecond = images / (seconds - this.reported.seconds);
    this.reported = this.progress;
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

  private lossDiverged(loss: number, { step: position, indices }: ViewBatch | ChunkedBatch): DivergenceError {
    const { stepsPerEpoch, data } = this.plan;
    const { step } = this.progress;
    return this.checkpointing.diverged(
      `The loss became ${loss} at step ${step + 1} (epoch ${Math.floor(step / stepsPerEpoch) + 1}, batch ${position + 1}; ` +
        `images ${[...indices].join(', ')} of ${data.name}).`,
    );
  }
}
