import type { TrainEvent } from '../../train/index.js';
import type { Progress, RunHistory } from './history.js';

/** Shows a run while it goes on. */
export interface RunView {
  /** Called after each event. */
  update(event: TrainEvent, progress: Progress): void;
  /** Called once, when the run has ended by itself or was stopped. */
  finish(history: RunHistory): void;
  /** Called once, when the run has ended by an error, which is thrown then. */
  fail(error: unknown): void;
  /** Called once in the end. */
  close(): void;
}
