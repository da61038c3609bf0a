import { expect, test } from 'vitest';
import { hasTopLevelAwait } from '../../src/notebook/kernel/top-level-await.js';

test('only what is awaited outside functions counts', () => {
  expect(hasTopLevelAwait('await f();')).toBe(true);
  expect(hasTopLevelAwait('// @ts-ignore\nconst a: number = await f();')).toBe(true);
  expect(hasTopLevelAwait('for await (const x of y) {}')).toBe(true);
  expect(hasTopLevelAwait('if (a) { for  await (const x of y) {} }')).toBe(true);
  expect(hasTopLevelAwait('async function f() { await g(); for await (const x of y) {} }')).toBe(false);
  expect(hasTopLevelAwait('const f = async () => { for await (const x of y) {} };')).toBe(false);
  expect(hasTopLevelAwait('const f = async () => await g();')).toBe(false);
  expect(hasTopLevelAwait('for (const x of y) {} // for await (const x of y)')).toBe(false);
});
