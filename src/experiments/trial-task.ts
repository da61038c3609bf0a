/** One trial of a sweep as a task of a cluster: what it reports lies in the trial's folder. */
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { type UseOptions, use } from '../engine/index.js';
import { InputError } from '../errors.js';
import type { Run } from '../train/index.js';
import { computeTrial, describeImages, loadSplits } from './compute-trial.js';
import { readTasks } from './slurm-tasks.js';
import { recordFailure, type TrialProgress, trialFiles, trialFolder } from './sweep-folder.js';
import { libraryVersion } from './versions.js';
import type { FromWorker } from './worker-messages.js';

/** A shared disk is written to at most so often, in milliseconds. */
const interval = 2000;

/** How a task computes its trial. */
export interface TaskOptions {
  /** What computes. */
  readonly engine: UseOptions;
  /** Ends the task after the step under way, with a checkpoint. */
  readonly stopped: AbortSignal;
  /** Called when training begins, or goes on after so many steps. */
  readonly onBegun: (trial: string, step: number) => void;
}

/**
 * Computes a trial of the list that a sweep gave to a cluster, or goes on with it where an earlier task has left off.
 *
 * @param sweep - the sweep's folder
 * @param place - the trial's place in the list
 * @throws InputError where there is no such trial, or its images or this library are others than the sweep's
 */
export async function computeTask(
  sweep: string,
  place: number,
  { engine, stopped, onBegun }: TaskOptions,
): Promise<'finished' | 'failed' | 'stopped'> {
  const tasks = await readTasks(sweep);
  const task = tasks[place];
  if (task === undefined) {
    throw new InputError(`${sweep} has no trial ${place}; its list has ${tasks.length}, counted from 0.`);
  }
  const { trial, images, checkpointSeconds } = task;
  const folder = trialFolder(sweep, trial.key);
  try {
    await use(engine);
    const splits = await loadSplits(images, () => {});
    const { fingerprint, testFingerprint } = await describeImages(splits, {});
    requireSame('training images', fingerprint, trial.settings.fingerprint);
    requireSame('test images', testFingerprint, trial.settings.testFingerprint);
    requireSame('version of dcl-lab', libraryVersion, trial.settings.dclLab);
    const progress = new ProgressFile(join(folder, trialFiles.progress));
    const answer = await computeTrial(trial, {
      splits,
      folder,
      checkpointSeconds,
      onRun: (run) => stopAt(stopped, run),
      report: (message) => {
        if (message.type === 'begun') onBegun(trial.key, message.step);
        progress.take(message);
      },
    });
    await progress.written();
    if (answer.type === 'failed') await recordFailure(folder, answer.reason);
    return answer.type;
  } catch (error) {
    await recordFailure(folder, (error as Error).message);
    throw error;
  }
}

function stopAt(stopped: AbortSignal, run: Run): void {
  stopped.addEventListener('abort', () => run.stop());
  if (stopped.aborted) run.stop();
}

function requireSame(what: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new InputError(`The ${what} here (${found}) is not what the sweep was begun with (${expected}).`);
}

/** How far the trial is, in a file that is replaced now and then. */
class ProgressFile {
  #latest: TrialProgress = {
    begun: 0,
    step: 0,
    totalSteps: 0,
    loss: null,
    imagesPerSecond: 0,
    evaluating: false,
  };
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  take(message: FromWorker): void {
    if (message.type === 'begun') {
      const { step, totalSteps } = message;
      this.#put({ ...this.#latest, begun: step, step, totalSteps });
    } else if (message.type === 'step' && performance.now() - this.#writtenAt >= interval) {
      const { step, totalSteps, loss, imagesPerSecond } = message;
      this.#put({ ...this.#latest, step, totalSteps, loss, imagesPerSecond });
    } else if (message.type === 'evaluating') {
      this.#put({ ...this.#latest, evaluating: true });
    }
  }

  written(): Promise<void> {
    return this.#writing;
  }

  #put(progress: TrialProgress): void {
    this.#latest = progress;
    this.#writtenAt = performance.now();
    // Progress that cannot be written is no reason to stop computing. One after the other, so that the last one stays.
    this.#writing = this.#writing
      .then(() => writeDurably(this.path, `${JSON.stringify(progress)}\n`))
      .catch(() => {});
  }
}
