import { move } from 'piscina';
import { makeViews, type ViewJob } from './view.js';

/** What a worker thread runs for each batch; the views change threads without being copied. */
export default function viewWorker(job: ViewJob): Float32Array {
  return move(makeViews(job)) as unknown as Float32Array;
}
