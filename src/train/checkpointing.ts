import {
  type Checkpoint,
  NonFiniteError,
  type Progress,
  restoreCheckpoint,
  type TrainingState,
} from './checkpoint.js';
import { DivergenceError } from './divergence.js';
import type { CheckpointEvent, RecordedEvent } from './events.js';
import { type ExistingRun, RunFolder } from './run-folder.js';
import type { RunSettings } from './run-settings.js';

export interface CheckpointingOptions {
  /** Seconds between checkpoints, at least. */
  readonly checkpointSeconds: number;
  /** So many of the newest are kept. */
  readonly keepCheckpoints: number;
  /** What to try where the run diverges, a sentence. */
  readonly advice: string;
}

/** What a sitting goes on with: its models hold the checkpoint's weights by now. */
export interface ResumedRun {
  readonly progress: Progress;
  /** What was recorded up to there. */
  readonly recorded: readonly RecordedEvent[];
}

/** Keeps a sitting's state in a run folder, or nothing where it has none, and knows what a divergence leaves. */
export class Checkpointing {
  /** Whether weights, progress and record belong together: not while a step is under way, nor after one that failed. */
  consistent = true;
  private folder: RunFolder | undefined;
  private newest: { readonly step: number; readonly path?: string } = { step: 0 };
  private writtenAt = performance.now();

  constructor(private readonly options: CheckpointingOptions) {}

  /**
   * Takes a folder for the run.
   * @param state - what is kept; where the folder holds a run to resume, its weights take the place of these
   * @returns undefined for a run that begins
   * @throws InputError where the folder cannot be used, or its checkpoints are damaged or another model's
   */
  async open(
    folder: { readonly path: string; readonly existing: ExistingRun },
    settings: RunSettings,
    state: TrainingState,
  ): Promise<ResumedRun | undefined> {
    this.folder = await RunFolder.open(folder.path, settings, folder.existing);
    const { checkpoint } = this.folder;
    if (checkpoint === undefined) {
      await this.folder.begin(state);
      return undefined;
    }
    return this.resume(this.folder, checkpoint, state);
  }

  private async resume(folder: RunFolder, checkpoint: Checkpoint, state: TrainingState): Promise<ResumedRun> {
    restoreCheckpoint(checkpoint, state);
    const { progress, path } = checkpoint;
    this.newest = { step: progress.step, path };
    return { progress, recorded: await folder.resume(progress.step) };
  }

  get due(): boolean {
    return performance.now() - this.writtenAt > this.options.checkpointSeconds * 1000;
  }

  async record(events: readonly RecordedEvent[]): Promise<void> {
    await this.folder?.record(events);
  }

  /**
   * Writes a checkpoint unless nothing has happened since the last, or there is no folder.
   * @throws DivergenceError where the last update made weights that are not finite: the checkpoint before stays
   */
  async save(state: TrainingState, progress: Progress): Promise<CheckpointEvent[]> {
    const { step } = progress;
    if (!this.folder || !this.consistent || step === this.newest.step) return [];
    const path = await this.folder
      .save(state, progress, this.options.keepCheckpoints)
      .catch((error: Error) => {
        throw this.named(error, step);
      });
    this.newest = { step, path };
    this.writtenAt = performance.now();
    return [{ type: 'checkpoint', step, path }];
  }

  /** Values that are not finite after a step are a divergence, named as such; other errors are what they are. */
  named(error: Error, step: number): Error {
    if (!(error instanceof NonFiniteError)) return error;
    return this.diverged(`The values were not finite any more after step ${step}: ${error.message}`);
  }

  /** The error for a run that diverged; from then on nothing is written. @param what - happened, a sentence */
  diverged(what: string): DivergenceError {
    this.consistent = false;
    const { step, path } = this.newest;
    const kept = path
      ? `The last good checkpoint is ${path} (step ${step}).`
      : 'No checkpoint had been written.';
    return new DivergenceError(`${what} ${kept} ${this.options.advice}`);
  }

  /** Leaves the folder. */
  async close(): Promise<void> {
    await this.folder?.close();
  }
}
