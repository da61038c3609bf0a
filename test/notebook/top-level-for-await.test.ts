import { expect, test } from 'vitest';
import { hasTopLevelForAwait } from '../../src/notebook/kernel/top-level-for-await.js';

test('only loops outside functions count', () => {
  expect(hasTopLevelForAwait('for await (const x of y) {}')).toBe(true);
  expect(hasTopLevelForAwait('if (a) { for  await (const x of y) {} }')).toBe(true);
  expect(hasTopLevelForAwait('async function f() { for await (const x of y) {} }')).toBe(false);
  expect(hasTopLevelForAwait('const f = async () => { for await (const x of y) {} };')).toBe(false);
  expect(hasTopLevelForAwait('for (const x of y) {} // for await (const x of y)')).toBe(false);
});
