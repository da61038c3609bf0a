import { cpus } from 'node:os';
import { engineInUse } from '../engine/index.js';
import type { Origin } from './row.js';
import { versions } from './versions.js';

/** When numbers were computed, and by what, without how long it took. */
export type ComputedBy = Omit<Origin, 'trainSeconds' | 'evaluationSeconds'>;

/** This process, now. */
export function computedBy(): ComputedBy {
  const { name, device, threads } = engineInUse();
  return {
    finishedAt: new Date().toISOString(),
    engine: name,
    device: device ?? name,
    threads: threads ?? null,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    ...versions,
  };
}
