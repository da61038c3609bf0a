import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ImageSource, imagenette, ofClasses, readClassList } from '../../../src/data/index.js';
import { InputError } from '../../../src/errors.js';
import { save } from './archives.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();

describe('readClassList', () => {
  const read = async (text: string) => {
    await save(inFolder('list.txt'), text);
    return readClassList(inFolder('list.txt'));
  };

  test("reads one class a line, past comments, blank lines and an editor's marks", async () => {
    expect(await read('\uFEFFn02869837\r\n\r\n# of CMC\n  n01749939 # a snake\nC#\n')).toEqual([
      'n02869837',
      'n01749939',
      'C#',
    ]);
  });

  test('names what is wrong with a list', async () => {
    await expect(read('# nothing\n')).rejects.toThrow('list.txt names no class');
    await expect(read('n1\nn2\nn1\n')).rejects.toThrow('list.txt has the class n1 twice');
    await expect(readClassList(inFolder('none'))).rejects.toThrow(`Could not read ${inFolder('none')}`);
  });
});

test('Imagenette has ten synsets, sorted', () => {
  expect(imagenette).toHaveLength(10);
  expect([...imagenette].sort()).toEqual(imagenette);
  expect(imagenette.every((synset) => /^n\d{8}$/.test(synset))).toBe(true);
});

describe('ofClasses', () => {
  function sourceOf(classes: readonly string[], labels: readonly number[]): ImageSource & { closed: number } {
    const source = {
      name: 'all',
      length: labels.length,
      classes,
      labels: Int32Array.from(labels),
      locationOf: (index: number) => `place ${index}`,
      read: async (index: number) => Uint8Array.of(index),
      closed: 0,
      close: async () => {
        source.closed += 1;
      },
    };
    return source;
  }

  test("keeps the source's order of images and classes, whatever the list's", async () => {
    const source = sourceOf(['a', 'b', 'c', 'd'], [3, 0, 1, 2, 3, 1]);
    const some = ofClasses(source, ['d', 'b']);
    expect(some).toMatchObject({ name: 'all (2 of 4 classes)', length: 4, classes: ['b', 'd'] });
    expect([...some.labels]).toEqual([1, 0, 1, 0]);
    expect(some.locationOf(1)).toBe('place 2');
    expect(await some.read(3)).toEqual(Uint8Array.of(5));
    await expect(some.read(4)).rejects.toThrow('all (2 of 4 classes) has images 0 to 3; there is no image 4');
    await some.close();
    expect(source.closed).toBe(1);
  });

  test('has exactly the images of its classes, each under its class', async () => {
    const classes = ['a', 'b', 'c', 'd', 'e'];
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1 }),
      fc.shuffledSubarray(classes, { minLength: 1 }),
      async (labels, chosen) => {
        const some = ofClasses(sourceOf(classes, labels), chosen);
        const seen = await Promise.all(
          [...some.labels.keys()].map(async (index) => (await some.read(index))[0]!),
        );
        expect(seen).toEqual([...labels.keys()].filter((index) => chosen.includes(classes[labels[index]!]!)));
        expect([...some.labels].map((label) => some.classes[label])).toEqual(
          seen.map((i) => classes[labels[i]!]),
        );
      },
    );
    await fc.assert(property);
  });

  test('names an unknown class, one named twice, and an empty list', () => {
    const source = sourceOf(['a', 'b'], [0, 1]);
    expect(() => ofClasses(source, ['a', 'n99'])).toThrow(
      'all has no class n99; it has 2 classes, such as a, b',
    );
    expect(() => ofClasses(source, ['a', 'a'])).toThrow('has the class a twice');
    expect(() => ofClasses(source, [])).toThrow(InputError);
  });
});
