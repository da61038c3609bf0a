import type { SweepFolder } from './sweep-folder.js';
import type { SweepImages, Trial } from './trial.js';
import type { TrialReports } from './trial-reports.js';

/** Where the trials of a sweep are computed. */
export interface Executor {
  /**
   * Loads the sweep's images, to say what they are.
   * @returns undefined where it was stopped meanwhile
   * @throws InputError where they cannot be used
   */
  open(onLoading: (done: number, total: number) => void): Promise<SweepImages | undefined>;
  /** Computes the trials, says so first, and tells of each; resolves when all are done or it was stopped. */
  run(pending: readonly Trial[], folder: SweepFolder, reports: TrialReports): Promise<void>;
  stop(): void;
  /** What becomes of what was under way when it was stopped, and how to go on: for a reader, in a few words. */
  readonly afterStop: string;
  /** Waits for what was under way to end. */
  close(): Promise<void>;
}
