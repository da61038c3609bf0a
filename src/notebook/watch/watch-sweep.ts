import type { Sweep, SweepEndEvent, SweepEvent } from '../../experiments/index.js';
import { type Output, openOutput } from '../display/output.js';
import { onInterrupt } from './interrupt.js';
import { sweepLine } from './sweep-lines.js';

/** Lines of reading and training come at least this many milliseconds apart. */
const interval = 10_000;

/** How a sweep ended. */
export type SweepOutcome = Pick<SweepEndEvent, 'reason' | 'progress' | 'seconds'>;

/**
 * Runs a sweep to its end and tells of it: in Jupyter in the cell, elsewhere as lines on standard error. The notebook's
 * stop button, or Ctrl-C, ends it after the steps under way; calling it again goes on from there.
 * @throws What the sweep throws
 */
export async function watchSweep(sweep: Sweep): Promise<SweepOutcome> {
  const view = openView();
  const release = onInterrupt(() => sweep.stop());
  let end: SweepOutcome | undefined;
  try {
    for await (const event of sweep) {
      view(event);
      if (event.type === 'end') end = event;
    }
  } finally {
    release();
  }
  const { reason, progress, seconds } = end!;
  return { reason, progress, seconds };
}

function openView(): (event: SweepEvent) => void {
  const output = openOutput();
  return output === undefined ? lines() : liveText(output);
}

function lines(): (event: SweepEvent) => void {
  let writtenAt = performance.now();
  return (event) => {
    const frequent = event.type === 'trial-step' || event.type === 'loading';
    if (frequent && performance.now() - writtenAt < interval) return;
    writtenAt = performance.now();
    console.error(sweepLine(event));
  };
}

/** What has ended stays; the last line tells what goes on. */
function liveText(output: Output): (event: SweepEvent) => void {
  const kept: string[] = [];
  let shownAt = Number.NEGATIVE_INFINITY;
  return (event) => {
    const line = sweepLine(event);
    const stays = ['start', 'trial-end', 'trial-failure', 'end'].includes(event.type);
    if (stays) kept.push(line);
    if (!stays && performance.now() - shownAt < 1000) return;
    shownAt = performance.now();
    output.show({ data: { 'text/plain': (stays ? kept : [...kept, line]).join('\n') } });
  };
}
