import { expect, test } from 'vitest';
import { withoutExports } from '../../src/notebook/kernel/without-exports.js';

test('the names of a cell are no longer marked, and everything keeps its place', () => {
  expect(withoutExports('export const a = 1;\nexport async function f() {}\nexport { a };')).toBe(
    '       const a = 1;\n       async function f() {}\n             ',
  );
  expect(withoutExports('export default class C {}')).toBe('               class C {}');
  expect(withoutExports('export default 5')).toBe('               5');
  expect(withoutExports('export type T = { readonly export: 1 };')).toBe(
    '       type T = { readonly export: 1 };',
  );
});

test('what is exported from another module, or only spoken of, stays', () => {
  const code = 'export * from "a";\nexport { b } from "c";\nconst d = "export const e";\nf.export(d);';
  expect(withoutExports(code)).toBe(code);
});
