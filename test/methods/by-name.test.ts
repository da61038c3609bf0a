import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { byName, type MethodOptions, names } from '../../src/methods/index.js';

const loss = dcl({ temperature: 0.2 });

describe('byName', () => {
  test('gives methods that carry their name, loss and settings', () => {
    expect(names).toEqual(['simclr', 'moco', 'nnclr']);
    for (const name of names) expect(byName(name, { loss })).toMatchObject({ name, loss });
    const options: Record<string, Omit<MethodOptions, 'loss'>> = {
      simclr: {},
      moco: { queueSize: 8, keyMomentum: 0.5, keyMomentumSchedule: 'cosine' },
      nnclr: { queueSize: 8, predictionFeatures: 9 },
    };
    for (const [name, own] of Object.entries(options)) {
      const head = { hiddenFeatures: 7, outputFeatures: 3 };
      expect(byName(name, { loss, head, ...own }).settings).toMatchObject({ ...head, ...own });
    }
  });

  test.each(['MoCo', 'byol', 'constructor'])('lists the methods there are when asked for %s', (name) => {
    expect(() => byName(name, { loss })).toThrow(InputError);
    expect(() => byName(name, { loss })).toThrow(
      `There is no method "${name}": choose one of simclr, moco, nnclr.`,
    );
  });

  test.each([
    ['simclr', { queueSize: 8 }, 'queueSize is 8, but the method simclr has no such setting'],
    ['moco', { predictionFeatures: 9 }, 'predictionFeatures is 9, but the method moco'],
    ['nnclr', { keyMomentum: 0.5 }, 'keyMomentum is 0.5, but the method nnclr'],
    ['nnclr', { keyMomentumSchedule: 'cosine' as const }, 'keyMomentumSchedule is cosine, but'],
  ])('refuses for %s the options %o, which it does not have', (name, options, message) => {
    expect(() => byName(name, { loss, ...options })).toThrow(InputError);
    expect(() => byName(name, { loss, ...options })).toThrow(message);
  });
});
