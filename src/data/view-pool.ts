import { Piscina } from 'piscina';
import { processors } from '../engine/processors.js';
import { InputError, requireInteger } from '../errors.js';
import { type WorkerFile, workerFile } from '../worker-file.js';
import type { ImageFile } from './dataset.js';
import type { EvaluationCrop } from './evaluation-crop.js';
import type { ImageViewJob, ViewJob, ViewKind } from './view.js';
import type { Job, Made, Unreadable } from './view-worker.js';

/** A thread that has had nothing to do for so long ends, but for the last. */
const idleMilliseconds = 10_000;

/** While one image of a thread is being decoded, which is done elsewhere, it works on another. */
const jobsOfThread = 2;

/** Threads beside this one. They start with the first jobs, serve every later run and keep no process alive. */
export class ThreadPool {
  readonly #worker: WorkerFile;
  /** Why threads without a job ended. */
  #ending: Error | undefined;
  #threads: Piscina<Job, Made> | undefined;

  constructor(worker: WorkerFile) {
    this.#worker = worker;
  }

  /**
   * Runs a job; if its thread ends over it, on another thread once more.
   * @param job - makes it, since what it moves to a thread that ends is lost
   * @param subject - of the message
   * @throws InputError if that thread ends too
   */
  async run<Result>(
    job: () => { readonly job: Job; readonly moved: Uint8Array<ArrayBuffer> },
    subject: string,
  ) {
    const attempt = async () => {
      const { job: next, moved } = job();
      return (await this.#start().run(next, { transferList: [moved.buffer] })) as Result;
    };
    return attempt().catch(() =>
      attempt().catch((failure: Error) => {
        const error = this.#ending ?? failure;
        throw new InputError(
          `The thread that worked on ${subject} ended, and so did the next one (${error.message}); remove the image or its neighbours, or give the process more memory`,
          { cause: error },
        );
      }),
    );
  }

  /** Threads that end without a job may do so for ever, so that no job is done: these jobs fail, and the next find new threads. */
  #renew(error: Error): void {
    this.#ending = error;
    void this.#threads?.destroy();
    this.#threads = undefined;
  }

  #start() {
    if (this.#threads) return this.#threads;
    const { url, execArgv } = this.#worker;
    this.#ending = undefined;
    const threads: Piscina<Job, Made> = new Piscina({
      filename: url.href,
      minThreads: 1,
      maxThreads: processors(),
      concurrentTasksPerWorker: jobsOfThread,
      idleTimeout: idleMilliseconds,
      ...(execArgv.length > 0 && { execArgv }),
    });
    threads.on('error', (error: Error) => {
      if (threads === this.#threads) this.#renew(error);
    });
    this.#threads = threads;
    return threads;
  }
}

const pool = new ThreadPool(workerFile('view-worker', import.meta.url));

/** The views of a batch of pixels, `makeViews` beside this thread. */
export function makeViewsBeside(job: ViewJob, kind: ViewKind): Promise<Float32Array> {
  return pool.run<Float32Array>(
    () => {
      // A copy, since whatever moves to another thread is lost here, and a data set may hand out its own storage.
      const pixels = new Uint8Array(job.pixels);
      return { job: { ...job, pixels, type: 'views', kind }, moved: pixels };
    },
    `images ${job.indices.join(', ')}`,
  );
}

/** The views of one image, `makeViewsOfImage` beside this thread, left in `output`. */
export function makeViewsOfFileBeside(
  readFile: () => Promise<ImageFile>,
  job: ImageViewJob,
  output: Float32Array<SharedArrayBuffer>,
): Promise<void> {
  return ofReadable<undefined>(readFile, (file) => ({ ...job, type: 'file views', file, output }));
}

/** The evaluation crop of one image, made beside this thread. */
export function cropBeside(
  readFile: () => Promise<ImageFile>,
  channels: 1 | 3,
  crop: EvaluationCrop,
): Promise<Uint8Array> {
  return ofReadable<Uint8Array>(readFile, (file) => ({ type: 'crop', channels, crop, file }));
}

/** Does a job on the file that stands for an image, until there is one that can be decoded. */
async function ofReadable<Result extends Uint8Array | undefined>(
  readFile: () => Promise<ImageFile>,
  jobOn: (file: Uint8Array) => Job,
): Promise<Result> {
  for (;;) {
    const { bytes, location, reject } = await readFile();
    const result = await pool.run<Result | Unreadable>(() => {
      // A copy, as above.
      const file = new Uint8Array(bytes);
      return { job: jobOn(file), moved: file };
    }, location);
    if (result === undefined || !('reason' in result)) return result;
    reject(result.reason);
  }
}

/** Threads that work on files at once; more than the machine runs in parallel are never started. */
export function requireThreads(threads = processors()): number {
  requireInteger('threads', threads);
  return Math.min(threads, processors());
}

/** Jobs on files that are under way at once, so that so many threads always have the next one at hand. */
export function jobsAtOnce(threads: number): number {
  return jobsOfThread * threads;
}
