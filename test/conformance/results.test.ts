import { expect, it } from 'vitest';
import { compare } from './results.js';

const passed = (name: string) => ({ name });
const failed = (name: string) => ({ name, failure: 'because' });

it('expects only what the reference passes', () => {
  const {
    expected,
    passed: count,
    failed: misses,
  } = compare([passed('a'), failed('b')], [passed('a'), failed('b')], []);
  expect([expected, count, misses]).toEqual([1, 1, []]);
});

it('counts a spec of two runs as failed if one of them failed', () => {
  const { failed: misses } = compare([passed('a')], [passed('a'), failed('a'), passed('a')], []);
  expect(misses).toEqual([failed('a')]);
});

it('counts a spec that did not run as failed', () => {
  expect(compare([passed('a')], [], []).failed).toEqual([{ name: 'a', failure: 'It did not run.' }]);
});

it('lets exceptions fail, and names those that pass', () => {
  const {
    excepted,
    failed: misses,
    outdated,
  } = compare([passed('a'), passed('b')], [failed('a'), passed('b')], ['a', 'b']);
  expect([excepted, misses, outdated]).toEqual([[failed('a')], [], ['b']]);
});
