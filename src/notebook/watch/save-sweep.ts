import {
  type Results,
  readResults,
  type SweepOptions,
  type SweepSpec,
  sweep,
  writeResults,
} from '../../experiments/index.js';
import { watchSweep } from './watch-sweep.js';

/**
 * Runs a sweep to its end, telling of it as `watchSweep` does, and writes its table to `saved` with the spec beside it
 * (`experiments.writeResults`), to be read again without the sweep's folder. Called again it computes what is missing.
 * @param saved - without extension, such as `data/batch-size`
 * @throws Error where the sweep was stopped, or a trial failed; nothing is written to `saved` then, and all that was
 *   computed stays in the sweep's folder
 * @throws InputError where the sweep does, or where a file cannot be written
 */
export async function saveSweep(spec: SweepSpec, saved: string, options: SweepOptions): Promise<Results> {
  const { reason, progress } = await watchSweep(sweep(spec, options));
  if (reason === 'stopped') {
    throw new Error(
      `Stopped after ${progress.finished} of ${progress.trials} trials; run it again, and it goes on where it was.`,
    );
  }
  if (progress.failed > 0) {
    throw new Error(
      `${progress.failed} of ${progress.trials} trials failed; ${options.folder} has their reasons.`,
    );
  }
  const results = await readResults(options.folder);
  await writeResults(saved, results, { spec });
  return results;
}
