import { describe, expect, test } from 'vitest';
import { fillTemplate } from '../../../src/train/torch/template.js';

const conditions = new Map([
  ['a', true],
  ['b', false],
]);

describe('fillTemplate', () => {
  test('keeps the parts whose conditions hold, those around them included', () => {
    const template =
      '1\n#: if a\n2\n  #: if b\n3\n  #: end\n4\n#: end\n#: if b\n#: if a\n5\n#: end\n#: end\n6';
    expect(fillTemplate(template, conditions, {})).toBe('1\n2\n4\n6');
  });

  test('puts values in their places, as they are', () => {
    expect(fillTemplate('x = {{x}}{{x}}', conditions, { x: '$& {{y}}' })).toBe('x = $& {{y}}$& {{y}}');
  });

  test.each([
    ['#: if c\n#: end', /a condition c/],
    ['#: if a', /without an end/],
    ['#: end', /part for an end/],
    ['{{x}}', /a value x/],
  ])('has no mercy with %j', (template, message) => {
    expect(() => fillTemplate(template, conditions, {})).toThrow(message);
  });
});
