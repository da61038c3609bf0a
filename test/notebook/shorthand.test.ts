import { expect, test } from 'vitest';
import { withoutShorthand } from '../../src/notebook/kernel/shorthand.js';

test('shorthand properties are written out wherever they stand', () => {
  expect(withoutShorthand('f({ a, b: { c }, ...d }, g(``, [{ e }]));')).toBe(
    'f({ a: a, b: { c: c }, ...d }, g(``, [{ e: e }]));',
  );
  expect(withoutShorthand('({ a, b = 1 } = value);')).toBe('({ a: a, b: b = 1 } = value);');
});

test('everything else stays as it is', () => {
  const code =
    'const { a, b = 2 } = f({ c: 1, "d": 2, e() {} });\n// { note }\nimport { x } from "y"; export { x };';
  expect(withoutShorthand(code)).toBe(code);
});
