import { describe, expect, test } from 'vitest';
import { type IndexProgress, trainArchiveImages, validationArchiveImages } from '../../../src/data/index.js';
import { entryOf, save, tarOf, trainTarOf } from './archives.js';
import { contentsOf } from './contents.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();
const name = 'imagenet train';

const image = (file: string) => ({ name: file, contents: `${file} `.repeat(200) });
const train = {
  n02: [image('n02_9.JPEG'), image('n02_10.JPEG'), { name: 'notes.txt' }, image('._n02_9.JPEG')],
  n01: [image('./n01_1.JPEG')],
};

describe('trainArchiveImages', () => {
  const open = async (archive: Uint8Array, options = {}) => {
    await save(inFolder('train.tar'), archive);
    return trainArchiveImages(inFolder('train.tar'), { name, ...options });
  };

  test('lists class by class, each class by name, and reads images at their place', async () => {
    const events: IndexProgress[] = [];
    const source = await open(trainTarOf(train), {
      onProgress: (event: IndexProgress) => events.push(event),
    });
    expect(source).toMatchObject({ name, length: 3, classes: ['n01', 'n02'] });
    expect([...source.labels]).toEqual([0, 1, 1]);
    expect(source.locationOf(2)).toBe(`${inFolder('train.tar')}: n02.tar/n02_9.JPEG`);
    const bytes = await source.read(2);
    expect(Buffer.from(bytes).toString()).toBe('n02_9.JPEG '.repeat(200));
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    await source.close();
    expect(await contentsOf(source)).toEqual(
      ['n01: ./n01_1', 'n02: n02_10', 'n02: n02_9'].map((text) => {
        const [className, file] = text.split(': ');
        return `${className}: ${`${file}.JPEG `.repeat(200)}`;
      }),
    );
    expect(events.at(-1)).toEqual({ type: 'index', source: name, images: 3, done: 2, total: 2 });
    await expect(source.read(3)).rejects.toThrow('there is no image 3');
  });

  test('opens none of the archives of other classes', async () => {
    const damaged = { name: 'n03.tar', contents: 'no archive' };
    const archive = tarOf([damaged, { name: 'n01.tar', contents: tarOf(train.n01) }]);
    expect((await open(archive, { classes: ['n01'] })).length).toBe(1);
    await expect(open(archive)).rejects.toThrow(`${inFolder('train.tar')}: n03.tar is incomplete`);
  });

  test('names what is wrong with an archive, or with one in it', async () => {
    await expect(open(tarOf(train.n01))).rejects.toThrow('holds no archives');
    await expect(open(tarOf([{ name: 'n01.tar', contents: tarOf([]) }]))).rejects.toThrow(
      'n01.tar has no JPEG, PNG or WebP images',
    );
    const twice = [image('a.JPEG'), image('b.JPEG'), image('a.JPEG')];
    await expect(open(trainTarOf({ n01: twice }))).rejects.toThrow('n01.tar/a.JPEG is there twice');
    const again = Buffer.concat([
      entryOf({ name: 'x/n01.tar', contents: tarOf(train.n01) }),
      trainTarOf(train),
    ]);
    await expect(open(again)).rejects.toThrow('has the class n01 twice');
    const cut = trainTarOf(train);
    await expect(open(cut.subarray(0, cut.length - 3000))).rejects.toThrow(
      'bytes of n01.tar; download it again',
    );
    const inner = tarOf(train.n02);
    inner[512 * 6] = inner[512 * 6]! ^ 1;
    await expect(open(tarOf([{ name: 'n02.tar', contents: inner }]))).rejects.toThrow(
      'n02.tar is damaged: byte 3584 of the file begins no header',
    );
  });
});

describe('validationArchiveImages', () => {
  const synsets = ['dog', 'cat', 'dog'];
  const labels = {
    classes: ['cat', 'dog'],
    classOf: (file: string) => synsets[Number(file.slice(15, 23)) - 1]!,
  };
  const validation = [3, 1, 2].map((number) => ({
    name: `ILSVRC2012_val_0000000${number}.JPEG`,
    contents: String(number),
  }));

  test('gives the images as if they lay in class folders', async () => {
    await save(inFolder('val.tar'), tarOf(validation));
    const events: IndexProgress[] = [];
    const onProgress = (event: IndexProgress) => events.push(event);
    const source = await validationArchiveImages(inFolder('val.tar'), labels, { name: 'val', onProgress });
    expect(await contentsOf(source)).toEqual(['cat: 2', 'dog: 1', 'dog: 3']);
    expect(source.locationOf(0)).toBe(`${inFolder('val.tar')}: ILSVRC2012_val_00000002.JPEG`);
    const total = tarOf(validation).length;
    expect(events).toEqual([{ type: 'index', source: 'val', images: 3, done: total, total }]);
    const dogs = await validationArchiveImages(inFolder('val.tar'), labels, {
      name: 'val',
      classes: ['dog'],
    });
    expect(await contentsOf(dogs)).toEqual(['dog: 1', 'dog: 3']);
  });

  test('names an archive without images', async () => {
    await save(inFolder('val.tar'), tarOf([{ name: 'a.txt' }]));
    await expect(validationArchiveImages(inFolder('val.tar'), labels, { name })).rejects.toThrow(
      'has no JPEG',
    );
  });
});
