import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { columns } from '../../src/experiments/columns.js';
import type { Sweep, SweepEvent, SweepSpec } from '../../src/experiments/index.js';
import { type Results, rowsOf } from '../../src/experiments/results.js';
import { writeImages } from '../cli/write-images.js';

/** Gives the tests of a file a folder with `images` in it. */
export function withImages(): () => string {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dcl-lab-sweep-'));
    await writeImages(join(folder, 'images'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return () => folder;
}

/** Four trials of 120 steps each, of the smallest network. */
export function smallSpec(folder: string, changes: Partial<SweepSpec> = {}): SweepSpec {
  return {
    data: join(folder, 'images'),
    architecture: 'resnet8',
    width: 2,
    headFeatures: 4,
    loss: ['infonce', 'dcl'],
    batchSize: 8,
    epochs: 40,
    seed: [1, 2],
    linearEpochs: 3,
    ...changes,
  };
}

export async function eventsOf(sweep: Sweep): Promise<SweepEvent[]> {
  const events: SweepEvent[] = [];
  for await (const event of sweep) events.push(event);
  return events;
}

export const ofType = <T extends SweepEvent['type']>(events: readonly SweepEvent[], type: T) =>
  events.filter((event): event is Extract<SweepEvent, { readonly type: T }> => event.type === type);

const clocked = ['trainSeconds', 'evaluationSeconds', 'finishedAt'];

/** A table's rows without what a clock decides. */
export function timeless(results: Results): object[] {
  const kept = Object.keys(columns).filter((name) => !clocked.includes(name));
  return rowsOf(results).map((row) =>
    Object.fromEntries(kept.map((name) => [name, row[name as keyof typeof row]])),
  );
}
