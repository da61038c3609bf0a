import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleWork } from '../../src/notebook/kernel/idle-work.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('is done piece by piece once nothing was asked for a while, and only once', () => {
  const done: string[] = [];
  const work = new IdleWork([() => done.push('types'), () => done.push('module')], () => false);
  work.postpone();
  vi.advanceTimersByTime(150);
  work.postpone();
  vi.advanceTimersByTime(150);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(done).toEqual(['types']);
  vi.advanceTimersByTime(10_000);
  expect(done).toEqual(['types', 'module']);
});

test('waits for what is under way', () => {
  let busy = true;
  const piece = vi.fn();
  new IdleWork([piece], () => busy).postpone();
  vi.advanceTimersByTime(5_000);
  expect(piece).not.toHaveBeenCalled();
  busy = false;
  vi.advanceTimersByTime(500);
  expect(piece).toHaveBeenCalledOnce();
});
