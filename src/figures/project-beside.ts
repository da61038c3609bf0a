import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { workerFile } from '../worker-file.js';
import { type Projection, stepsOf } from './projection.js';
import type { ProjectionJob } from './projection-worker.js';

/** Also while no step ends, such as when neighbours are found, it is told so often, in milliseconds, how far the work is. */
const interval = 250;

/**
 * `positions` on another thread, so that this one can hear of a stop, which ends that thread whatever it is at.
 * @param onProgress - what it throws ends the work
 */
export async function projectBeside(
  projection: Projection,
  onProgress: (done: number, total: number) => void,
): Promise<Float32Array> {
  const { url, execArgv } = workerFile('projection-worker', import.meta.url);
  const thread = new Piscina<ProjectionJob, Float32Array>({
    ...{ filename: url.href, minThreads: 1, maxThreads: 1 },
    ...(execArgv.length > 0 && { execArgv }),
  });
  const { port1: ours, port2: port } = new MessageChannel();
  const total = stepsOf(projection);
  const { signal, tell } = untilItThrows(onProgress);
  let done = 0;
  const telling = setInterval(() => tell(done, total), interval);
  ours.on('message', (step: number) => {
    done = step;
    tell(done, total);
  });
  try {
    const points = await thread.run({ projection, port }, { transferList: [port], signal });
    // The positions may arrive before the last steps do.
    if (done < total) tell(total, total);
    signal.throwIfAborted();
    return points;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearInterval(telling);
    ours.close();
    await thread.destroy();
  }
}

/** The function, and a signal that is aborted, for the reason that it throws, once it throws; then it is not called again. */
function untilItThrows(onProgress: (done: number, total: number) => void) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const tell = (done: number, total: number) => {
    try {
      if (!signal.aborted) onProgress(done, total);
    } catch (error) {
      stopping.abort(error);
    }
  };
  return { signal, tell };
}
