import { appendFileSync, readFileSync } from 'node:fs';
import { move } from 'piscina';
import type { Job } from '../../src/data/view-worker.js';

/**
 * A worker whose files say how often and in which way their thread ends: `exit 1 PATH`, `throw 2 PATH`. It leaves a letter at
 * the path before it does; after that it gives the letters' number.
 */
export default async function failingWorker(job: Job): Promise<Uint8Array> {
  if (job.type !== 'crop') throw new Error('made for crops');
  const [how, times, path] = new TextDecoder().decode(job.file).split(' ');
  const ended = readFileSync(path!, 'utf8').length;
  if (ended < Number(times)) {
    appendFileSync(path!, 'x');
    if (how === 'exit') process.exit(7);
    setImmediate(() => {
      throw new Error('out of anything');
    });
    await new Promise(() => {});
  }
  return move(Uint8Array.of(ended)) as unknown as Uint8Array;
}
