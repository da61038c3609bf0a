import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { open, type TensorFile } from '../../src/weights/index.js';
import golden from '../golden/weights.json' with { type: 'json' };
import { goldenFile } from './golden-file.js';

const numberOf = (text: string) => (text === 'inf' ? Number.POSITIVE_INFINITY : Number(text));

describe.each([
  ['views.pth', 'PyTorch'],
  ['views-legacy-2.pth', 'PyTorch before 1.6'],
  ['views-legacy-4.pth', 'PyTorch before 1.6'],
])('%s', (name, format) => {
  let file: TensorFile;
  beforeAll(async () => {
    file = await open(goldenFile(name));
  });
  afterAll(() => file.close());

  test('is known by what it holds', () => {
    expect(file.format).toBe(format);
    expect([...file.tensors.keys()].sort()).toEqual(
      [...Object.keys(golden.views), 'repeated', 'too large'].map((tensor) => `tensors.${tensor}`).sort(),
    );
    expect(file.tensors.get('tensors.float16')).toMatchObject({ shape: [5], type: 'float16' });
  });

  test.each(Object.entries(golden.views))(
    '%s has the values that PyTorch gave it',
    async (tensor, expected) => {
      const { shape, values } = await file.read(`tensors.${tensor}`);
      expect(shape).toEqual(expected.shape);
      const isWhole = /^(int|uint|bool)/.test(tensor);
      expect(values).toBeInstanceOf(isWhole ? Int32Array : Float32Array);
      expect([...values]).toEqual(expected.values.map((text) => Math.fround(numberOf(text))));
    },
  );

  test('says which tensor has a value that does not fit', async () => {
    await expect(file.read('tensors.too large')).rejects.toThrow(InputError);
    await expect(file.read('tensors.too large')).rejects.toThrow('tensors.too large holds 2147483648');
  });

  test('does not spread a value over a thousand', async () => {
    await expect(file.read('tensors.repeated')).rejects.toThrow(/tensors.repeated.*repeats/);
  });

  test('says that there is no such tensor', async () => {
    await expect(file.read('nothing')).rejects.toThrow('has no tensor nothing');
  });
});

test.each([
  ['a missing file', 'nowhere.pth', /nowhere.pth/],
  ['a folder', '', /is a folder/],
  ['a file of another kind', '../weights.py', /is cut short|is not a safetensors file/],
])('names %s', async (_, name, message) => {
  await expect(open(goldenFile(name))).rejects.toThrow(InputError);
  await expect(open(goldenFile(name))).rejects.toThrow(message);
});

test('refuses a name that tensors and plain values do not need, and reads what is beside it when told to', async () => {
  const path = goldenFile('lightly-children.ckpt');
  await expect(open(path)).rejects.toThrow(InputError);
  await expect(open(path)).rejects.toThrow('refers to argparse.Namespace, which is none of the names');
  const file = await open(path, { unknown: 'ignore' });
  expect(file.tensors.has('state_dict.backbone.4.0.conv1.weight')).toBe(true);
  await file.close();
  const misspelt = 'skip' as 'ignore';
  await expect(open(path, { unknown: misspelt })).rejects.toThrow("unknown is 'skip'; choose refuse, ignore");
});

test('gives the text beside the tensors as metadata, that of nested dicts left out', async () => {
  const lightly = await open(goldenFile('lightly.ckpt'), { unknown: 'ignore' });
  expect(lightly.metadata).toEqual({ 'pytorch-lightning_version': '2.1.0' });
  await lightly.close();
});
