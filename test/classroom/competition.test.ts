import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Attempt,
  competition,
  type Entry,
  type Outcome,
  type OwnLoss,
  scoreboard,
} from '../../src/classroom/index.js';
import { inMemory } from '../../src/data/index.js';
import { use } from '../../src/engine/index.js';
import { temporaryFolder } from '../notebook/cells.js';
import { solutions } from './solutions.js';

beforeAll(() => use({ name: 'onnxruntime' }));

/** Images of two classes, told apart by where they are bright. */
function halves(count: number) {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const [image, column] = [Math.floor(i / 64), i % 8];
    return column < 4 === (image % 2 === 0) ? 150 + ((i * i) % 100) : (i * 7) % 60;
  });
  return inMemory({ name: 'halves', shape: [8, 8, 1], classes: ['left', 'right'], labels, pixels });
}
const data = { train: halves(80), test: halves(40) };

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const contest = () => competition({ data, folder, budget: 64, validationImages: 20, memoryImages: 30 });

const entry: Entry = {
  name: 'Ada',
  loss: 'dcl',
  temperature: 0.2,
  batchSize: 8,
  learningRate: 0.05,
  cropScale: [0.5, 1],
  images: 32,
  seed: 1,
};

/** Trains an attempt, to the end or until it first reports a step. */
async function train({ run }: Attempt, stopEarly = false): Promise<Outcome & { firstStep: number }> {
  let firstStep = -1;
  for await (const event of run) {
    if (event.type === 'start') firstStep = event.step;
    if (event.type === 'step' && stopEarly) run.stop();
    if (event.type === 'end') return { reason: event.reason, seconds: event.seconds, firstStep };
  }
  throw new Error('a run has an end');
}

async function enter(changes: Partial<Entry> = {}): Promise<string> {
  const attempt = contest().attempt({ ...entry, ...changes });
  return (await attempt.enter(await train(attempt))).text;
}

const rows = async () => (await contest().scoreboard()).objects() as Record<string, unknown>[];

test('an attempt is trained within the budget, scored on images kept apart, and kept in a file', async () => {
  expect(await rows()).toEqual([]);
  const text = await enter();
  const [row] = await rows();
  expect(row).toMatchObject({
    name: 'Ada',
    test: null,
    loss: 'dcl',
    images: 32,
    epochs: 2,
    cropFrom: 0.5,
    seed: 1,
  });
  expect(text).toContain(`${row!.validation} % of the validation images, place 1`);
  expect(text).toContain('kNN on 20 images, 95 % interval');
  expect(readFileSync(join(folder, 'scoreboard.csv'), 'utf8')).toMatch(/^name,validation,test,loss,/);
});

test('no image is both trained on and validated', async () => {
  const { training, validation } = contest();
  expect([training.length, validation.length]).toEqual([60, 20]);
  const read = async (set: typeof training) => {
    const pixels = await set.read([...set.labels.keys()]);
    return Array.from({ length: set.length }, (_, i) => String(pixels.slice(64 * i, 64 * (i + 1))));
  };
  const all = [...(await read(training)), ...(await read(validation))];
  expect(new Set(all).size).toBe(80);
});

test('the same entry replaces itself; others are sorted by validation accuracy', async () => {
  await enter();
  await enter();
  expect(await rows()).toHaveLength(1);
  await enter({ name: 'Grace, "the" second', seed: 2, images: 60 });
  const board = await rows();
  expect(board.map(({ epochs }) => epochs).sort()).toEqual([1, 2]);
  expect(board.map(({ name }) => name).sort()).toEqual(['Ada', 'Grace, "the" second']);
  expect(Number(board[0]!.validation)).toBeGreaterThanOrEqual(Number(board[1]!.validation));
});

test('what is stopped is not entered, and goes on where it was', async () => {
  const attempt = contest().attempt(entry);
  const outcome = await train(attempt, true);
  expect(outcome.reason).toBe('stopped');
  expect((await attempt.enter(outcome)).text).toContain('Stopped: not entered');
  expect(await rows()).toEqual([]);
  const again = contest().attempt(entry);
  const rest = await train(again);
  expect(rest.firstStep).toBeGreaterThan(0);
  expect((await again.enter(rest)).passed).toBe(true);
});

test("a loss of one's own takes part, and begins again each time", async () => {
  const loss = solutions.masked.dcl as OwnLoss;
  const first = contest().attempt({ ...entry, loss });
  expect((await train(first)).firstStep).toBe(0);
  const second = contest().attempt({ ...entry, loss });
  const outcome = await train(second);
  expect(outcome.firstStep).toBe(0);
  await second.enter(outcome);
  expect((await rows())[0]).toMatchObject({ loss: 'own' });
});

test('the final score is that of the best attempt, once', async () => {
  await enter();
  await enter({ seed: 2 });
  const text = (await contest().final('Ada')).text;
  const board = await rows();
  const tested = board.filter((row) => row.test !== null);
  expect(tested).toHaveLength(1);
  expect(tested[0]!.validation).toBe(Math.max(...board.map(({ validation }) => Number(validation))));
  expect(text).toContain(`Final score: ${tested[0]!.test} % of the test images`);
  expect(text).toContain('the best of 2 attempts');
  rmSync(join(folder, String(tested[0]!.run)), { recursive: true });
  expect((await contest().final('Ada')).text).toContain('This was scored before');
  await expect(contest().final('Nobody')).rejects.toThrow("'Nobody' has no attempt");
});

describe('what cannot be entered', () => {
  test.each<[Partial<Entry>, string]>([
    [{ name: '' }, 'name is ""'],
    [{ images: 65 }, 'images is 65, more than the budget of 64'],
    [{ images: 1.5 }, 'images is 1.5'],
    [{ images: 61 }, 'from 1 to 60, not 61'],
    [{ batchSize: 33 }, 'batchSize is 33'],
    [{ temperature: 0 }, 'temperature is 0'],
    [{ loss: 'mine' }, 'There is no loss "mine"'],
    [{ loss: (z1) => tf.tensor(z1.dataSync()) }, 'Your loss cannot be trained with: Cannot compute gradient'],
    [{ loss: (z1, z2) => tf.log(tf.mul(0, tf.mul(z1, z2))) }, 'is not a finite number'],
    [{ loss: () => 3 as unknown as tf.Tensor }, 'Your loss cannot be trained with'],
    [{ cropScale: [0.9, 0.2] }, 'cropScale'],
  ])('%o', (changes, message) => {
    expect(() => contest().attempt({ ...entry, ...changes })).toThrow(message);
  });

  test('more validation images than there are', () => {
    expect(() => competition({ data, folder, validationImages: 80 })).toThrow('validationImages is 80');
  });
});

test('the teacher reads all files of a class, wherever they lie in a folder', async () => {
  await enter();
  const [own] = await rows();
  const csv = readFileSync(join(folder, 'scoreboard.csv'), 'utf8');
  mkdirSync(join(folder, 'class', 'grace'), { recursive: true });
  const worse = csv.replace('Ada', 'Grace').replace(`,${own!.validation},`, ',0.5,');
  writeFileSync(join(folder, 'class', 'grace', 'any name.csv'), worse);
  writeFileSync(join(folder, 'class', 'z.csv'), csv);
  const all = (await scoreboard(join(folder, 'class'))).objects() as Record<string, unknown>[];
  expect(all.map(({ name }) => name)).toEqual(['Ada', 'Grace']);
  await expect(scoreboard(join(folder, 'missing'))).rejects.toThrow('cannot be read');
  const file = join(folder, 'class', 'z.csv');
  for (const [text, message] of [
    ['a,b\n1,2\n', "no scoreboard: it has no column 'name'"],
    [csv.replace(`,${own!.validation},`, ',high,'), "has validation 'high', which is no number"],
    [csv.replace(`,${own!.validation},`, ',,'), 'has validation'],
  ] as const) {
    writeFileSync(file, text);
    await expect(scoreboard(file)).rejects.toThrow(message);
  }
});
