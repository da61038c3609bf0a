import { Piscina } from 'piscina';
import { workerFile } from '../worker-file.js';
import type { ViewJob } from './view.js';

let pool: Piscina<ViewJob, Float32Array> | undefined;

/**
 * Makes views on a thread beside this one. It starts with the first job, serves every later run and keeps no process
 * alive.
 */
export function makeViewsBeside(job: ViewJob): Promise<Float32Array> {
  pool ??= startPool();
  // A copy, since whatever moves to another thread is lost here, and a data set may hand out its own storage.
  const pixels = new Uint8Array(job.pixels);
  return pool.run({ ...job, pixels }, { transferList: [pixels.buffer] });
}

function startPool(): Piscina<ViewJob, Float32Array> {
  const { url, execArgv } = workerFile('view-worker', import.meta.url);
  return new Piscina({
    filename: url.href,
    minThreads: 1,
    maxThreads: 1,
    ...(execArgv.length > 0 && { execArgv }),
  });
}
