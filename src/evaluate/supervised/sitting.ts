/** One sitting of a supervised run: from its start, or the checkpoint it resumes, to its end or the reader's leaving. */
import { type AugmentedBatch, augmentedBatches } from '../../data/index.js';
import { noProgress, type Progress } from '../../train/checkpoint.js';
import { Checkpointing } from '../../train/checkpointing.js';
import { type CheckpointEvent, cosineWithWarmup, type StartEvent } from '../../train/index.js';
import { Abandoned, reporting } from '../../train/reporting.js';
import { Stopwatch } from '../../train/stopwatch.js';
import type { ProbabilisticClassification } from '../probabilities.js';
import type {
  MeasuringEvent,
  SupervisedEndEvent,
  SupervisedEpochEvent,
  SupervisedStepEvent,
} from './events.js';
import { measured } from './measured.js';
import { type SupervisedModels, supervisedModels } from './models.js';
import { type SupervisedPlan, supervisedSettings } from './plan.js';
import { SupervisedStep } from './step.js';

/** The newest checkpoint, and the one before in case that is damaged. */
const keptCheckpoints = 2;

export class SupervisedSitting {
  /** Counts the time spent training and measuring. */
  readonly stopwatch = new Stopwatch();
  private readonly models: SupervisedModels;
  private readonly training: SupervisedStep;
  private readonly checkpointing: Checkpointing;
  private progress = noProgress;
  private history: SupervisedEpochEvent[] = [];
  private latest: ProbabilisticClassification | undefined;
  private begunAt = noProgress;

  private constructor(private readonly plan: SupervisedPlan) {
    const advice = `Try a lower learning rate than ${plan.learningRate}.`;
    this.checkpointing = new Checkpointing({ ...plan, keepCheckpoints: keptCheckpoints, advice });
    this.models = supervisedModels(plan);
    this.training = new SupervisedStep(this.models.trainee, plan.train.classes.length);
  }

  /** @throws InputError where the run folder cannot be used, or its checkpoint is damaged or another model's */
  static async begin(plan: SupervisedPlan): Promise<SupervisedSitting> {
    const sitting = new SupervisedSitting(plan);
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
    const settings = await supervisedSettings(this.plan);
    const resumed = await this.checkpointing.open({ path, existing }, settings, this.state);
    if (resumed === undefined) return;
    this.progress = this.begunAt = resumed.progress;
    this.history = resumed.recorded.filter(({ type }) => type === 'epoch') as SupervisedEpochEvent[];
    // The checkpoint may be older than the measuring of its epoch.
    if (this.progress.step === this.epochsDone * this.plan.stepsPerEpoch) this.beginEpoch();
  }

  /** Epochs that were trained and measured. */
  get epochsDone(): number {
    return this.history.length;
  }

  get finished(): boolean {
    return this.epochsDone >= this.plan.epochs;
  }

  get checkpointDue(): boolean {
    return this.checkpointing.due;
  }

  /** The batches that the epoch under way still has to see; none where it was stopped just before it was measured. */
  restOfEpoch(): AsyncIterable<AugmentedBatch> {
    const { train: dataset, views, batchSize, seed, stepsPerEpoch } = this.plan;
    const firstStep = this.progress.step - this.epochsDone * stepsPerEpoch;
    return augmentedBatches({ dataset, views, batchSize, seed, epoch: this.epochsDone, firstStep });
  }

  startEvent(): StartEvent {
    const { totalSteps, stepsPerEpoch, epochs, protocol, encoder, train } = this.plan;
    const title = `${protocol.name} of ${encoder.name} on ${train.name}`;
    const recorded = [...this.history];
    return { type: 'start', step: this.progress.step, totalSteps, stepsPerEpoch, epochs, title, recorded };
  }

  /** Trains on one batch and returns what there is to report. @throws DivergenceError */
  async step({ inputs, indices }: AugmentedBatch): Promise<SupervisedStepEvent[]> {
    const { train, learningRate: peak, totalSteps, stepsPerEpoch, reportEvery } = this.plan;
    this.checkpointing.consistent = false;
    const learningRate = cosineWithWarmup(this.progress.step, { peak, totalSteps, warmupSteps: 0 });
    const labels = indices.map((index) => train.labels[index]!);
    const [loss = Number.NaN] = await this.training.run(inputs, train.shape, labels, [learningRate]);
    if (!Number.isFinite(loss)) {
      const images = `images ${[...indices].join(', ')} of ${train.name}`;
      throw this.checkpointing.diverged(
        `The loss became ${loss} at step ${this.progress.step + 1} (${images}).`,
      );
    }
    this.progress = this.advanced(loss);
    this.checkpointing.consistent = true;
    const { step } = this.progress;
    if (step % stepsPerEpoch !== 0 && step % reportEvery !== 0) return [];
    return [{ type: 'step', step, epoch: this.epochsDone + 1, loss, learningRate, ...this.pace() }];
  }

  /**
   * Measures on the test set; stopped, the epoch still is to be measured.
   * @throws DivergenceError where the classifier gives values that are not finite
   */
  async *endEpoch(stop: AbortSignal): AsyncGenerator<MeasuringEvent | SupervisedEpochEvent, void, void> {
    const latest = yield* this.measured(stop);
    if (latest === undefined) return;
    this.latest = latest;
    const { top1, top5 } = latest;
    const { step, epochLoss, epochStart } = this.progress;
    const event: SupervisedEpochEvent = {
      type: 'epoch',
      epoch: this.epochsDone + 1,
      step,
      loss: epochLoss / this.plan.stepsPerEpoch,
      seconds: this.seconds - epochStart,
      top1,
      top5,
    };
    await this.checkpointing.record([event]);
    this.history.push(event);
    this.progress = { ...this.progress, seconds: this.seconds };
    this.beginEpoch();
    yield event;
  }

  private beginEpoch(): void {
    this.progress = { ...this.progress, epochLoss: 0, epochStart: this.progress.seconds };
  }

  /**
   * Writes a checkpoint unless nothing has happened since the last, or there is no folder.
   * @throws DivergenceError where the last update made weights that are not finite: the checkpoint before stays
   */
  save(): Promise<CheckpointEvent[]> {
    return this.checkpointing.save(this.state, this.progress);
  }

  /** The result of a run that is finished; one that was complete already is measured again. */
  async *end(stop: AbortSignal): AsyncGenerator<MeasuringEvent | SupervisedEndEvent, void, void> {
    const { step, seconds } = this.progress;
    const last = this.finished ? (this.latest ?? (yield* this.measured(stop))) : undefined;
    if (last === undefined) {
      yield { type: 'end', reason: 'stopped', step, seconds, result: undefined };
      return;
    }
    const { history } = this;
    const maximumOverEpochs = history.reduce((best, epoch) => (epoch.top1 > best.top1 ? epoch : best));
    const { epoch, top1 } = maximumOverEpochs;
    const result = { ...last, history, maximumOverEpochs: { epoch, top1 } };
    yield { type: 'end', reason: 'completed', step, seconds, result };
  }

  /** Frees what the run made and leaves its folder; the encoder is the caller's and stays. */
  async close(): Promise<void> {
    this.training.dispose();
    for (const model of Object.values(this.models.trained)) model.dispose();
    await this.checkpointing.close();
  }

  private get state() {
    return { models: this.models.trained, optimiser: this.training.optimiser };
  }

  /** Spent in all sittings. */
  private get seconds(): number {
    return this.begunAt.seconds + this.stopwatch.seconds;
  }

  private advanced(loss: number): Progress {
    const { step, epochLoss } = this.progress;
    return { ...this.progress, step: step + 1, epochLoss: epochLoss + loss, seconds: this.seconds };
  }

  private pace() {
    const { batchSize, totalSteps } = this.plan;
    const { step } = this.progress;
    const secondsPerStep = this.stopwatch.seconds / (step - this.begunAt.step);
    return { imagesPerSecond: batchSize / secondsPerStep, secondsLeft: secondsPerStep * (totalSteps - step) };
  }

  /** Undefined where it was stopped. */
  private async *measured(
    stop: AbortSignal,
  ): AsyncGenerator<MeasuringEvent, ProbabilisticClassification | undefined, void> {
    if (stop.aborted) return undefined;
    const { test, batchSize } = this.plan;
    try {
      return yield* reporting<MeasuringEvent, ProbabilisticClassification>((report) =>
        measured(test, batchSize, this.models.classify, (done, total) => {
          if (stop.aborted) throw new Abandoned('The run was stopped.');
          return report({ type: 'measuring', done, total });
        }),
      );
    } catch (error) {
      if (error instanceof Abandoned) return undefined;
      throw this.checkpointing.named(error as Error, this.progress.step);
    }
  }
}
