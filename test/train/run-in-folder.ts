import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { TrainEvent } from '../../src/train/index.js';
import { smallRun } from './small-run.js';

/** Gives each test of a file a path for a run that does not exist yet. */
export function eachWithAFolder(): () => string {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'dcl-lab-')), 'run');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));
  return () => folder;
}

/** Runs until the step and leaves the loop, as a notebook cell that is interrupted does. */
export async function leaveAt(
  step: number,
  folder: string,
  options: Parameters<typeof smallRun>[0] = {},
): Promise<void> {
  for await (const event of smallRun({ checkpoint: folder, ...options })) {
    if (event.type === 'step' && event.step === step) break;
  }
}

/** Events without what a clock decides. */
export const timeless = (events: readonly TrainEvent[]) =>
  events.map((event) => ({ ...event, seconds: 0, imagesPerSecond: 0 }));
