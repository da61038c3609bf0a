import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { HistoryRecorder } from '../../src/notebook/watch/history.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder } from './run-in-folder.js';
import { smallRun } from './small-run.js';

const folder = eachWithAFolder();
beforeAll(useAnyEngine);
afterEach(() => {
  vi.useRealTimers();
});

const day = 86_400_000;

test.each([
  ['forth', 10 * day],
  ['back', -10 * day],
])(
  'a system time that is set %s changes neither checkpoints nor seconds nor the time left',
  async (_, jump) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const begun = Date.now();
    const saved: number[] = [];
    const recorder = new HistoryRecorder();
    // A checkpoint is due after five days, or at the end.
    for await (const event of smallRun({ checkpoint: folder(), checkpointSeconds: (5 * day) / 1000 })) {
      recorder.add(event);
      if (event.type === 'checkpoint') saved.push(event.step);
      if (event.type === 'step') {
        vi.setSystemTime(Date.now() + jump);
        expect(event.imagesPerSecond).toBeGreaterThan(0.1);
      }
      if (event.type === 'epoch' || event.type === 'end') {
        expect(event.seconds).toBeGreaterThan(0);
        expect(event.seconds).toBeLessThan(100);
      }
      const left = recorder.progress().secondsLeft ?? 0;
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThan(100);
    }
    expect(Math.abs(Date.now() - begun)).toBe(60 * day);
    expect(saved).toEqual([6]);
  },
);

test('a system time that stands still or is set back holds up no checkpoint', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const saved: number[] = [];
  for await (const event of smallRun({ checkpoint: folder(), checkpointSeconds: 0 })) {
    if (event.type === 'checkpoint') saved.push(event.step);
    if (event.type === 'step') vi.setSystemTime(Date.now() - day);
  }
  expect(saved).toEqual([1, 2, 3, 4, 5, 6]);
});
