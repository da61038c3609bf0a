import { Piscina } from 'piscina';
import { makeViews, type ViewJob } from './view.js';

const pools = new Map<number, Piscina>();

/**
 * Makes views on another thread, or on this one with 0 workers; the result is the same.
 * The threads start with the first job, serve every later run and keep no process alive.
 * @param job - its pixels move to the other thread and cannot be used here any more
 */
export async function makeViewsOn(workers: number, job: ViewJob): Promise<Float32Array> {
  if (workers === 0) return makeViews(job);
  return poolOf(workers).run(job, { transferList: [job.pixels.buffer as ArrayBuffer] });
}

function poolOf(workers: number): Piscina<ViewJob, Float32Array> {
  let pool = pools.get(workers);
  if (!pool) {
    pool = new Piscina({ ...workerFile(), minThreads: workers, maxThreads: workers });
    pools.set(workers, pool);
  }
  return pool;
}

/** Compiled, the worker is JavaScript beside this file; run from its TypeScript source, it needs tsx as tests do. */
function workerFile(): { filename: string; execArgv?: string[] } {
  if (import.meta.url.endsWith('.ts')) {
    return { filename: new URL('./view-worker.ts', import.meta.url).href, execArgv: ['--import', 'tsx'] };
  }
  return { filename: new URL('./view-worker.js', import.meta.url).href };
}
