import { expect, test } from 'vitest';
import { lars, optimiserByName, sgd } from '../../src/train/index.js';

test('an optimiser by its name has the settings given and its own defaults', () => {
  expect(optimiserByName({ name: 'sgd', weightDecay: 0 }).settings).toEqual(sgd({ weightDecay: 0 }).settings);
  const options = { form: 'google', trustCoefficient: 0.02 } as const;
  expect(optimiserByName({ name: 'lars', ...options }).settings).toEqual(lars(options).settings);
});

test.each([
  [{ name: 'adam' }, 'no optimiser "adam": choose one of sgd, lars'],
  [
    { name: 'sgd', trustCoefficient: 0.1 },
    'trustCoefficient is 0.1, but the optimiser sgd has no such setting',
  ],
  [
    { name: 'lars', form: 'google' as const, clip: true },
    'clip is true, but LARS in the form google has none',
  ],
])('%o is refused', (settings, message) => {
  expect(() => optimiserByName(settings)).toThrow(message);
});
