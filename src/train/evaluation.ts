import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import type { Accuracies, EvaluationEvent, RecordedEvent } from './events.js';

/** When a run evaluates, and how it is told to stop. */
export interface EvaluationPlace {
  /** The epoch that has ended, 1 for the first. */
  readonly epoch: number;
  /** Aborted where the run is stopped: an evaluation that then throws is done again when the run goes on. */
  readonly signal: AbortSignal;
}

/** Measures an encoder that is being trained, which it must leave as it is: in inference mode, as `evaluate.embed` does. */
export type Evaluate = (encoder: tf.LayersModel, place: EvaluationPlace) => Promise<Accuracies>;

interface EvaluationPlan {
  readonly encoder: tf.LayersModel;
  readonly evaluate: Evaluate | undefined;
  readonly evaluateEvery: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** The evaluations of a run: which one is due. */
export class Evaluations {
  private latest = 0;

  constructor(private readonly plan: EvaluationPlan) {}

  /** Takes note of those that earlier sittings made. */
  resume(recorded: readonly RecordedEvent[]): void {
    for (const event of recorded) if (event.type === 'evaluation') this.latest = event.epoch;
  }

  /** Whether the epoch that ended with the run's last step is to be evaluated, and was not. */
  dueAfter(step: number): boolean {
    const { evaluate, evaluateEvery, epochs, stepsPerEpoch } = this.plan;
    const epoch = step / stepsPerEpoch;
    if (evaluate === undefined || !Number.isInteger(epoch) || epoch <= this.latest) return false;
    return epoch % evaluateEvery === 0 || epoch === epochs;
  }

  /**
   * Makes the one that is due. @returns undefined where it was interrupted
   * @throws InputError where it gives what is no accuracy, and what it throws by itself
   */
  async make(step: number, signal: AbortSignal): Promise<EvaluationEvent | undefined> {
    const { encoder, evaluate, stepsPerEpoch } = this.plan;
    const epoch = step / stepsPerEpoch;
    const started = performance.now();
    try {
      const accuracies = await evaluate!(encoder, { epoch, signal });
      requireAccuracies(accuracies, epoch);
      this.latest = epoch;
      const seconds = (performance.now() - started) / 1000;
      return { type: 'evaluation', epoch, step, accuracies: { ...accuracies }, seconds };
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}

function requireAccuracies(accuracies: Accuracies, epoch: number): void {
  for (const [name, value] of Object.entries(accuracies)) {
    if (value >= 0 && value <= 1) continue;
    throw new InputError(
      `evaluate gave ${name} = ${value} after epoch ${epoch}; give accuracies from 0 to 1.`,
    );
  }
}
