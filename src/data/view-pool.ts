import { Piscina } from 'piscina';
import type { ViewJob } from './view.js';

let pool: Piscina<ViewJob, Float32Array> | undefined;

/**
 * Makes views on a thread beside this one. It starts with the first job, serves every later run and keeps no process
 * alive.
 */
export function makeViewsBeside(job: ViewJob): Promise<Float32Array> {
  pool ??= new Piscina({ ...workerFile(), minThreads: 1, maxThreads: 1 });
  // A copy, since whatever moves to another thread is lost here, and a data set may hand out its own storage.
  const pixels = new Uint8Array(job.pixels);
  return pool.run({ ...job, pixels }, { transferList: [pixels.buffer] });
}

/** Compiled, the worker is JavaScript beside this file; run from its TypeScript source, it needs tsx as tests do. */
function workerFile(): { filename: string; execArgv?: string[] } {
  if (import.meta.url.endsWith('.ts')) {
    return { filename: new URL('./view-worker.ts', import.meta.url).href, execArgv: ['--import', 'tsx'] };
  }
  return { filename: new URL('./view-worker.js', import.meta.url).href };
}
