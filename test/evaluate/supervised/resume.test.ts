import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { fineTune, onlineLinearEvaluation } from '../../../src/evaluate/index.js';
import { DivergenceError } from '../../../src/train/index.js';
import { useAnyEngine } from '../../engines.js';
import { temporaryFolder } from '../temporary-folder.js';
import { eventsOf, resultOf, small, smallEncoder, smallImages, timeless } from './small-evaluation.js';

beforeAll(useAnyEngine);
const folder = temporaryFolder();

describe.each([
  ['linear evaluation', onlineLinearEvaluation],
  ['fine-tuning', fineTune],
])('%s', (_, evaluate) => {
  test('stopped or left at any event, it goes on to the very same result', async () => {
    const expected = timeless(await resultOf(evaluate(small())));
    const events = await eventsOf(evaluate(small()));
    expect(events.filter(({ type }) => type === 'measuring').length).toBeGreaterThan(3);
    for (const place of events.keys()) {
      for (const how of ['stop', 'leave'] as const) {
        const checkpoint = join(folder(), `${how}-${place}`);
        const run = evaluate(small({ checkpoint }));
        let seen = 0;
        for await (const event of run) {
          if (seen++ < place || event.type === 'end') continue;
          if (how === 'leave') break;
          run.stop();
        }
        const resumed = evaluate(small({ checkpoint, existing: 'resume' }));
        expect(timeless(await resultOf(resumed)), `${how} at event ${place}`).toEqual(expected);
      }
    }
  });

  test('killed at any event, it goes on to the very same result', async () => {
    const checkpoint = join(folder(), 'run');
    const expected = timeless(await resultOf(evaluate(small())));
    const copies: string[] = [];
    // What a process that is killed at an event leaves on the disk.
    for await (const _event of evaluate(small({ checkpoint, checkpointSeconds: 0 }))) {
      copies.push(join(folder(), `killed-${copies.length}`));
      await cp(checkpoint, copies.at(-1)!, { recursive: true });
    }
    expect(copies.length).toBeGreaterThan(12);
    for (const copy of copies) {
      const resumed = evaluate(small({ checkpoint: copy, checkpointSeconds: 0, existing: 'resume' }));
      expect(timeless(await resultOf(resumed)), copy).toEqual(expected);
    }
  });
});

test('a folder of another run is refused, with what differs', async () => {
  const checkpoint = folder();
  await resultOf(onlineLinearEvaluation(small({ checkpoint })));
  const again = (options: Parameters<typeof small>[0]) =>
    eventsOf(onlineLinearEvaluation(small({ checkpoint, existing: 'resume', ...options })));
  await expect(again({ learningRate: 0.2 })).rejects.toThrow('learningRate was 0.1, now 0.2');
  const other = smallEncoder();
  other.setWeights(other.getWeights().map((weight) => weight.add(1)));
  await expect(again({ encoder: other })).rejects.toThrow(/encoder was .*fingerprint/);
  await expect(again({ test: smallImages(12, 'noise test') })).rejects.toThrow(/test was .*"images":9/);
  await expect(eventsOf(fineTune(small({ checkpoint, existing: 'resume' })))).rejects.toThrow(
    'protocol was "linear evaluation", now "fine-tuning"',
  );
  await expect(eventsOf(onlineLinearEvaluation(small({ checkpoint })))).rejects.toThrow('holds another run');
});

test.each([
  ['in the loss', 3, /The loss became NaN at step 2 \(images [\d, ]+ of noise train\)/],
  ['in the last update of an epoch', 1, /after step 1: A logit of image 0 of noise test is NaN/],
])('divergence is named %s, with the step and the last good checkpoint', async (_, batches, message) => {
  const batchSize = 12 / batches;
  const run = fineTune(small({ batchSize, checkpoint: folder(), learningRate: 1e39 }));
  const failure = await eventsOf(run).catch((error: Error) => error);
  expect(failure).toBeInstanceOf(DivergenceError);
  expect((failure as Error).message).toMatch(message);
  expect((failure as Error).message).toMatch(
    /No checkpoint had been written\. Try a lower learning rate than 1e\+39/,
  );
  expect(await readdir(folder())).not.toContain('lock');
});

test('options that cannot be used are refused at once, by name', () => {
  const refused = (options: Parameters<typeof small>[0]) => () => onlineLinearEvaluation(small(options));
  expect(refused({ epochs: 0 })).toThrow(InputError);
  expect(refused({ epochs: 0 })).toThrow('epochs is 0');
  expect(refused({ batchSize: 13 })).toThrow('A batch of 13 does not fit noise train');
  expect(refused({ learningRate: Number.NaN })).toThrow('learningRate is NaN');
  expect(refused({ reportEvery: 0 })).toThrow('reportEvery is 0');
  const two = { ...smallImages(9), classes: ['a', 'b', 'c'] };
  expect(refused({ test: two })).toThrow('have different classes: dark,gray,light and a,b,c');
  const large = { ...smallImages(9), shape: [12, 3, 1] as const };
  expect(refused({ test: large })).toThrow('The encoder takes images of [6,6,1]');
});

test('a run can be read once only', async () => {
  const run = onlineLinearEvaluation(small());
  await eventsOf(run);
  expect(() => run[Symbol.asyncIterator]()).toThrow('A run can be read once only');
});
