import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { exercises } from '../../src/classroom/exercises/index.js';
import { type ExerciseName, lesson } from '../../src/classroom/index.js';
import { useAnyEngine } from '../engines.js';
import { solutions } from './solutions.js';

beforeAll(useAnyEngine);

test('hints come one after the other, and the last one stays', () => {
  const student = lesson();
  for (const { name, hints } of exercises) {
    expect(hints.length).toBeGreaterThanOrEqual(3);
    for (const [index, hint] of hints.entries()) {
      const note = student.hint(name);
      expect(note.text).toContain(`hint ${index + 1} of ${hints.length}\n\n${hint}`);
    }
    expect(student.hint(name).text).toContain(`hint ${hints.length} of ${hints.length}`);
    // What to think about comes before what to write.
    expect(hints[0]).not.toMatch(/tf\./);
    expect(hints.at(-1)).toMatch(/tf\./);
  }
});

test('the standing counts checks and hints; what was once solved stays solved', () => {
  const student = lesson();
  student.check('dcl', solutions.masked.infonce);
  expect(student.solved('dcl')).toBe(false);
  student.check('dcl', solutions.masked.dcl);
  student.check('dcl', solutions.masked.infonce);
  student.hint('infonce');
  expect(student.solved('dcl')).toBe(true);
  const rows = student.standing().objects() as {
    exercise: string;
    solved: string;
    checks: number;
    hints: number;
  }[];
  expect(rows.map(({ exercise }) => exercise)).toEqual(exercises.map(({ name }) => name));
  expect(rows.find(({ exercise }) => exercise === 'dcl')).toMatchObject({
    solved: 'yes',
    checks: 3,
    hints: 0,
  });
  expect(rows.find(({ exercise }) => exercise === 'infonce')).toMatchObject({
    solved: 'not tried',
    checks: 0,
    hints: 1,
  });
});

test('the right solution is used, and the library in place of a wrong one', () => {
  const student = lesson();
  const own = student.correct('dcl', solutions.masked.dcl);
  const library = student.correct('dcl', solutions.masked.infonce);
  const [z1, z2] = [
    tf.randomNormal<tf.Rank.R2>([5, 8], 0, 1, 'float32', 1),
    tf.randomNormal<tf.Rank.R2>([5, 8], 0, 1, 'float32', 2),
  ];
  const expected = (solutions.masked.dcl(z1, z2, 0.3) as tf.Tensor).arraySync() as number[];
  for (const solution of [own, library]) {
    const values = solution(z1, z2, 0.3).arraySync() as number[];
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  }
  expect(student.solved('dcl')).toBe(false);
});

test('a note shows itself as text', () => {
  const note = lesson().check('dcl', () => undefined);
  expect(inspect(note)).toBe(note.text);
  expect(inspect(note)).toMatch(/^DCL: not right yet\n\nYour function returns nothing/);
});

test('a name that no exercise has is refused', () => {
  const student = lesson();
  const wrong = 'toString' as ExerciseName;
  for (const call of [
    () => student.check(wrong, () => 0),
    () => student.hint(wrong),
    () => student.solved(wrong),
  ]) {
    expect(call).toThrow(
      "There is no exercise 'toString'; choose similarities, negatives, infonce, multiplier, dcl, pull.",
    );
  }
  expect(() => lesson({ seed: -1 }).check('dcl', () => 0)).toThrow('seed is -1');
});
