import { move } from 'piscina';
import sharp from 'sharp';
import { decodeFile, reasonOf } from './decode-image.js';
import { type EvaluationCrop, evaluationCrop } from './evaluation-crop.js';
import {
  type ImageViewJob,
  makeViews,
  makeViewsOfImage,
  reductionFor,
  type ViewJob,
  type ViewKind,
} from './view.js';

/** The views of an image file. */
export interface FileViewJob extends ImageViewJob {
  readonly file: Uint8Array;
  /** Receives the views: memory that both threads see. */
  readonly output: Float32Array<SharedArrayBuffer>;
}

/** The evaluation crop of an image file. */
export interface CropJob {
  readonly file: Uint8Array;
  readonly channels: 1 | 3;
  readonly crop: EvaluationCrop;
}

export type Job =
  | ({ readonly type: 'views'; readonly kind: ViewKind } & ViewJob)
  | ({ readonly type: 'file views' } & FileViewJob)
  | ({ readonly type: 'crop' } & CropJob);

/** What a file that cannot be decoded gives. */
export interface Unreadable {
  readonly reason: string;
}

/** Values of views or of a crop; nothing where they lie in memory that both threads see. */
export type Made = Float32Array | Uint8Array | undefined | Unreadable;

// One image keeps one core busy; there are as many threads as cores.
sharp.concurrency(1);
// No file is decoded twice.
sharp.cache(false);

/** What a worker thread runs; what it gives changes threads without being copied. */
export default async function viewWorker(job: Job): Promise<Made> {
  if (job.type === 'views') return moved(makeViews(job, job.kind));
  const decoded = job.type === 'crop' ? decodeFile(job.file, job.channels) : decodeForViews(job);
  const image = await decoded.catch((error: Error) => ({ reason: reasonOf(error) }));
  if ('reason' in image) return image;
  if (job.type === 'crop') return moved(evaluationCrop(image, job.channels, job.crop));
  makeViewsOfImage(image, job, job.output);
  return undefined;
}

function decodeForViews(job: FileViewJob) {
  return decodeFile(job.file, job.shape[2] as 1 | 3, (size) => reductionFor(size, job));
}

function moved<Values extends Float32Array | Uint8Array>(values: Values): Values {
  return move(values) as unknown as Values;
}
