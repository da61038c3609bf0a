import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { progress } from '../../src/notebook/index.js';
import { FakeHost } from './fake-host.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Reports `done` of 100 after so many milliseconds each. */
function report(line: (done: number, total: number) => void, ...steps: [wait: number, done: number][]): void {
  for (const [wait, done] of steps) {
    vi.advanceTimersByTime(wait);
    line(done, 100);
  }
}

describe('in a notebook', () => {
  const host = new FakeHost();
  beforeEach(() => host.install());
  afterEach(() => host.remove());
  const texts = () => host.shown.map(({ data }) => data['text/plain']);

  test('one line is replaced at most once a second, with the time left', () => {
    report(progress('Embedding'), [1000, 10], [1000, 20], [1000, 30], [100, 31], [1000, 41], [5900, 100]);
    expect(texts()).toEqual([
      'Embedding: 30 of 100, 7 s left',
      'Embedding: 41 of 100, 6 s left',
      'Embedding: 100 of 100, in 10 s',
    ]);
    expect(host.shown.map(({ update }) => update)).toEqual([false, true, true]);
    expect(new Set(host.shown.map(({ id }) => id)).size).toBe(1);
  });

  test('what an earlier sitting has done does not make the estimate shorter', () => {
    report(progress('Embedding'), [1000, 90], [2000, 91]);
    expect(texts()).toEqual(['Embedding: 91 of 100, 18 s left']);
  });

  test('short work shows nothing', () => {
    report(progress('Embedding'), [500, 50], [500, 100]);
    expect(texts()).toEqual([]);
  });
});

test('in a log, lines come every five seconds', () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => {});
  report(progress('Embedding'), [3000, 10], [1000, 20], [1000, 30], [4000, 40]);
  expect(written.mock.calls).toEqual([['Embedding: 10 of 100'], ['Embedding: 40 of 100, 12 s left']]);
});
