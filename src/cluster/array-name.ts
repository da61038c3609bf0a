import { createHash } from 'node:crypto';

/** A name for the work on a folder: the same whenever it is asked for, and no other folder's. */
export function arrayName(folder: string): string {
  return `dcl-lab-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}
