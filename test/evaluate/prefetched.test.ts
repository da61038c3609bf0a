import { expect, test } from 'vitest';
import { prefetched } from '../../src/evaluate/prefetched.js';

/** 0, 1, 2; tells when each is begun and when it is left, and fails at `failing`. */
async function* counting(log: string[], failing?: number) {
  try {
    for (let i = 0; i < 3; i++) {
      log.push(`make ${i}`);
      if (i === failing) throw new Error(`no ${i}`);
      yield i;
    }
  } finally {
    log.push('left');
  }
}

test('the next item is begun before one is used, all come in order', async () => {
  const log: string[] = [];
  for await (const item of prefetched(counting(log))) log.push(`use ${item}`);
  expect(log).toEqual(['make 0', 'make 1', 'use 0', 'make 2', 'use 1', 'left', 'use 2']);
});

test('a failure is thrown at its turn', async () => {
  const log: string[] = [];
  const reading = async () => {
    for await (const item of prefetched(counting(log, 1))) log.push(`use ${item}`);
  };
  await expect(reading()).rejects.toThrow('no 1');
  expect(log).toEqual(['make 0', 'make 1', 'left', 'use 0']);
});

test('a reader that leaves ends the making, and a failure ahead of it is not thrown', async () => {
  for (const failing of [undefined, 1]) {
    const log: string[] = [];
    for await (const item of prefetched(counting(log, failing))) {
      log.push(`use ${item}`);
      break;
    }
    expect(log.at(-1)).toBe(failing === undefined ? 'left' : 'use 0');
    expect(log).toContain('left');
  }
});
