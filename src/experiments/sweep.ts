import { requireSlurmOptions, type SlurmOptions } from '../cluster/index.js';
import type { UseOptions } from '../engine/index.js';
import { threadsOfEach } from '../engine/processors.js';
import { InputError, requireInteger, requireRange } from '../errors.js';
import type { Sweep, SweepEvent } from './events.js';
import type { Executor } from './executor.js';
import { LocalExecutor } from './local-executor.js';
import { requireSpec } from './require-spec.js';
import { Sitting } from './sitting.js';
import { SlurmExecutor } from './slurm-executor.js';
import type { SweepSpec } from './spec.js';

/** Where {@link sweep} keeps what it computes, and how much of the machine it takes; none of this changes the numbers. */
export interface SweepOptions {
  /** Keeps the trials and the table of results; one that holds some of the trials already is continued. */
  readonly folder: string;
  /** Another place of the spec's images, such as a folder; the spec's own `data` by default. */
  readonly data?: string;
  /**
   * Trials computed at the same time, each by a process of its own; 1 by default. The threads are divided among them. With
   * `slurm`, tasks at the same time: as many as the cluster gives by default.
   */
  readonly jobs?: number;
  /**
   * Computes the trials as tasks of a Slurm cluster with these options of `sbatch`, such as
   * `{ partition: 'gpu', 'cpus-per-task': 8, time: '04:00:00' }`. The folder and the images must lie where all nodes find them.
   * A task uses the processors that Slurm gives it. Stopping the sweep leaves the tasks at work, and the same call finds them again.
   */
  readonly slurm?: SlurmOptions;
  /** What computes, as `engine.use` takes it; all threads of the machine are used by default. */
  readonly engine?: Omit<UseOptions, 'debug'>;
  /** At most this many seconds between a trial's checkpoints; 60 by default. */
  readonly checkpointSeconds?: number;
  /** Stops the sweep as `stop` does. */
  readonly signal?: AbortSignal;
}

/**
 * Prepares a sweep: every combination of a spec's values is trained and evaluated, in processes of their own, and is on disk
 * as soon as it is done. Called again with the same folder it goes on where it was, also within a trial; with another
 * spec it computes what is missing. What a trial depends on names it: all settings, the images and this library's
 * version. The folder's `results.csv` and `results.arrow` hold the finished trials (see `readResults`).
 *
 * A trial that fails, as by a loss that is not finite or a process that dies, is reported, and the others go on.
 * @throws InputError for a spec or options that cannot be used. Reading the sweep throws one where its images cannot be
 *   loaded, where the folder holds something else or another sweep uses it, and on a second reading
 */
export function sweep(spec: SweepSpec, options: SweepOptions): Sweep {
  requireSpec(spec);
  const { folder, jobs, checkpointSeconds = 60, signal } = options;
  if (jobs !== undefined) requireInteger('jobs', jobs);
  requireRange('checkpointSeconds', checkpointSeconds, 0, Number.POSITIVE_INFINITY);
  if (options.slurm !== undefined) requireSlurmOptions(options.slurm);
  const stopper = new AbortController();
  const stopped = signal === undefined ? stopper.signal : AbortSignal.any([signal, stopper.signal]);
  let begun = false;
  return {
    stop: () => stopper.abort(),
    [Symbol.asyncIterator]() {
      if (begun) throw new InputError('A sweep can be read once only; call sweep again to go on with it.');
      begun = true;
      const executor = executorOf(
        { ...spec, data: options.data ?? spec.data },
        { ...options, checkpointSeconds },
      );
      return events(new Sitting({ spec, folder, executor }), stopped);
    },
  };
}

function executorOf(
  spec: SweepSpec,
  { slurm, jobs, engine = {}, checkpointSeconds }: SweepOptions & { readonly checkpointSeconds: number },
): Executor {
  if (slurm !== undefined) return new SlurmExecutor({ spec, slurm, jobs, engine, checkpointSeconds });
  const processes = jobs ?? 1;
  const threads = threadsOfEach(processes, engine.threads);
  return new LocalExecutor({
    spec,
    jobs: processes,
    threads,
    engine: { ...engine, threads },
    checkpointSeconds,
  });
}

async function* events(sitting: Sitting, stopped: AbortSignal): AsyncGenerator<SweepEvent, void, void> {
  const stop = () => sitting.stop();
  stopped.addEventListener('abort', stop);
  if (stopped.aborted) stop();
  try {
    yield* sitting.events();
  } finally {
    stopped.removeEventListener('abort', stop);
    await sitting.close();
  }
}
