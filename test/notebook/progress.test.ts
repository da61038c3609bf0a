import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Interrupted } from '../../src/errors.js';
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
      'Embedding: 30 of 100, 10/s, 7 s left',
      'Embedding: 41 of 100, 10/s, 6 s left',
      'Embedding: 100 of 100, in 10 s',
    ]);
    expect(host.shown.map(({ update }) => update)).toEqual([false, true, true]);
    expect(new Set(host.shown.map(({ id }) => id)).size).toBe(1);
  });

  test('what an earlier sitting has done does not make the estimate shorter', () => {
    report(progress('Embedding'), [1000, 90], [2000, 91]);
    expect(texts()).toEqual(['Embedding: 91 of 100, 0.5/s, 18 s left']);
  });

  test('work that counts anew has a pace of its own', () => {
    report(progress('Comparing'), [1000, 50], [1000, 100], [1000, 10], [1000, 20], [1500, 50]);
    expect(texts()).toEqual(['Comparing: 50 of 100, 16/s, 3 s left']);
  });

  test('events of loading and extraction have a line for each part', () => {
    const line = progress('Features');
    for (const wait of [0, 3000, 3000]) {
      vi.advanceTimersByTime(wait);
      const received = 1e6 + 2e3 * wait;
      line({ type: 'download', file: 'cifar.tar.gz', received, total: undefined });
      line({ type: 'decode', dataset: 'cifar10 train', done: 1 + wait, total: 10_000 });
      line({ type: 'verify', done: 1 + wait, total: 10_000, secondsLeft: undefined });
    }
    expect(texts().slice(0, 3)).toEqual([
      'Downloading cifar.tar.gz (MB): 7, 2.0/s',
      'Decoding cifar10 train: 3001 of 10000, 1000/s, 7 s left',
      'Features: verifying: 3001 of 10000, 1000/s, 7 s left',
    ]);
  });

  test('the stop button ends the work when it next tells how far it is', () => {
    const line = progress('Embedding');
    line(10, 100);
    for (const stop of host.stops) stop();
    expect(() => line(20, 100)).toThrow(Interrupted);
    expect(host.stops.size).toBe(0);
    // Run again, the work is not stopped.
    line(10, 100);
    for (const stop of host.stops) stop();
    expect(() => line(30, 100)).toThrow('Embedding: stopped at 30 of 100');
  });

  test('work that is done listens to the stop button no more', () => {
    report(progress('Embedding'), [1, 50], [1, 100]);
    expect(host.stops.size).toBe(0);
  });

  test('short work shows nothing', () => {
    report(progress('Embedding'), [500, 50], [500, 100]);
    expect(texts()).toEqual([]);
  });
});

test('in a log, lines come every five seconds', () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => {});
  report(progress('Embedding'), [3000, 10], [1000, 20], [1000, 30], [4000, 40]);
  expect(written.mock.calls).toEqual([['Embedding: 10 of 100'], ['Embedding: 40 of 100, 5.0/s, 12 s left']]);
});
