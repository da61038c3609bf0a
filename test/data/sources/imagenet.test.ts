import { mkdir, rename, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type ImageNetOptions, type IndexProgress, openImageNet } from '../../../src/data/index.js';
import { save, tarOf, trainTarOf } from './archives.js';
import { contentsOf } from './contents.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();
const root = () => inFolder('imagenet');
const at = (...names: string[]) => inFolder('imagenet', ...names);

const trainImages: Readonly<Record<string, readonly string[]>> = {
  n00000002: ['n00000002_9.JPEG', 'n00000002_10.JPEG'],
  n00000003: ['n00000003_1.JPEG'],
  n00000001: ['n00000001_5.JPEG', 'n00000001_4.JPEG'],
};
const synsets = ['n00000003', 'n00000001', 'n00000003', 'n00000002'];
const validationName = (index: number) => `ILSVRC2012_val_0000000${index + 1}.JPEG`;

const expectedTrain = ['1_4', '1_5', '2_10', '2_9', '3_1'].map(
  (short) => `n0000000${short[0]}: n0000000${short}.JPEG`,
);
const expectedVal = [
  `n00000001: ${validationName(1)}`,
  `n00000002: ${validationName(3)}`,
  `n00000003: ${validationName(0)}`,
  `n00000003: ${validationName(2)}`,
];

async function trainFolders(folder = at('train')): Promise<void> {
  for (const [synset, files] of Object.entries(trainImages)) {
    for (const file of files) await save(`${folder}/${synset}/${file}`, file);
  }
}

async function valFolders(folder = at('val')): Promise<void> {
  for (const [index, synset] of synsets.entries()) {
    await save(`${folder}/${synset}/${validationName(index)}`, validationName(index));
  }
}

async function flatVal(folder = at('val')): Promise<void> {
  for (const index of synsets.keys()) await save(`${folder}/${validationName(index)}`, validationName(index));
}

const tensorflowLabels = () =>
  save(at('imagenet_2012_validation_synset_labels.txt'), `${synsets.join('\n')}\n`);
const kaggleLabels = () => {
  const rows = synsets.map((synset, index) => `${validationName(index).slice(0, -5)},${synset} 1 2 3 4`);
  return save(at('LOC_val_solution.csv'), ['ImageId,PredictionString', ...rows, ''].join('\n'));
};

async function officialArchives(): Promise<void> {
  const images = Object.entries(trainImages).map(([synset, files]) => [
    synset,
    files.map((file) => ({ name: file, contents: file })),
  ]);
  await save(at('ILSVRC2012_img_train.tar'), trainTarOf(Object.fromEntries(images)));
  const entries = synsets.map((_, index) => ({
    name: validationName(index),
    contents: validationName(index),
  }));
  await save(at('ILSVRC2012_img_val.tar'), tarOf(entries));
}

/** The same images as shards, numbered by synsets in another order than sorted. */
async function shards(classes: readonly string[]): Promise<void> {
  const sample = (file: string, synset: string) => [
    { name: `${synset}/${file.replace('JPEG', 'jpg')}`, contents: file },
    { name: `${synset}/${file.replace('JPEG', 'cls')}`, contents: String(classes.indexOf(synset)) },
  ];
  const train = Object.entries(trainImages).map(([synset, files]) =>
    files.flatMap((file) => sample(file, synset)),
  );
  for (const [index, entries] of train.entries())
    await save(at(`imagenet-train-00${index}.tar`), tarOf(entries));
  await save(
    at('imagenet-val-000.tar'),
    tarOf(synsets.flatMap((synset, i) => sample(validationName(i), synset))),
  );
}

async function contents(options?: ImageNetOptions) {
  const { train, val } = await openImageNet(root(), options);
  expect(val.classes).toEqual(train.classes);
  return { train: await contentsOf(train), val: await contentsOf(val) };
}

describe('openImageNet', () => {
  test.each<[layout: string, lay: () => Promise<unknown>]>([
    ['class folders', async () => Promise.all([trainFolders(), valFolders()])],
    ['class folders, validation', async () => Promise.all([trainFolders(), valFolders(at('validation'))])],
    ['a flat val', async () => Promise.all([trainFolders(), flatVal(), tensorflowLabels()])],
    [
      'Kaggle',
      async () => {
        const tree = at('ILSVRC/Data/CLS-LOC');
        return Promise.all([trainFolders(`${tree}/train`), flatVal(`${tree}/val`), kaggleLabels()]);
      },
    ],
    ['the published archives', async () => Promise.all([officialArchives(), tensorflowLabels()])],
    [
      'archives beside empty folders',
      async () => Promise.all([officialArchives(), kaggleLabels(), mkdir(at('train'), { recursive: true })]),
    ],
    ['folders and an archive', async () => Promise.all([officialArchives(), valFolders()])],
    [
      'links to folders elsewhere',
      async () => {
        await Promise.all([trainFolders(inFolder('disk/train')), valFolders(inFolder('disk/val'))]);
        await mkdir(inFolder('links'));
        await symlink(inFolder('disk/train'), inFolder('links/train'));
        await symlink(inFolder('disk/val'), inFolder('links/val'));
        await symlink(inFolder('links'), root());
      },
    ],
  ])('finds the same images and labels in %s', async (_, lay) => {
    await lay();
    expect(await contents()).toEqual({ train: expectedTrain, val: expectedVal });
    expect(await contents({ classes: ['n00000003', 'n00000001'] })).toEqual({
      train: expectedTrain.filter((line) => !line.startsWith('n00000002')),
      val: expectedVal.filter((line) => !line.startsWith('n00000002')),
    });
  });

  test("numbers shards' classes by classes.txt, also those of a subset", async () => {
    const classes = ['n00000003', 'n00000001', 'n00000002'];
    await shards(classes);
    await save(at('classes.txt'), classes.join('\n'));
    const { train, val } = await openImageNet(root());
    expect(train.classes).toEqual(classes);
    expect((await contentsOf(train)).sort()).toEqual(expectedTrain);
    expect((await contentsOf(val)).sort()).toEqual(expectedVal);
    const some = await openImageNet(root(), { classes: ['n00000001', 'n00000003'] });
    expect(some.train.classes).toEqual(['n00000003', 'n00000001']);
    expect((await contentsOf(some.val)).sort()).toEqual(
      expectedVal.filter((line) => !line.startsWith('n00000002')),
    );
  });

  test("takes shards' numbers for classes where nothing names them", async () => {
    await shards(['n00000003', 'n00000001', 'n00000002', 'none']);
    const { train, val } = await openImageNet(root());
    expect(train.classes).toEqual(['0', '1', '2']);
    expect(val.classes).toEqual(['0', '1', '2']);
    expect((await contentsOf(val))[1]).toBe(`1: ${validationName(1)}`);
    await expect(openImageNet(root(), { classes: ['n00000001'] })).rejects.toThrow('put a classes.txt there');
    await trainFolders();
    await expect(openImageNet(root())).rejects.toThrow('number their classes; put a classes.txt there');
  });

  test('says what it found, names its sources and reports progress', async () => {
    await officialArchives();
    await valFolders();
    await save(at('LOC_synset_mapping.txt'), 'n00000001 tench, Tinca tinca\nn00000002 goldfish\n');
    const events: IndexProgress[] = [];
    const imagenet = await openImageNet(root(), { onProgress: (event) => events.push(event) });
    expect(imagenet.found.split('\n')).toEqual([
      `train: 5 images of 3 classes, ${at('ILSVRC2012_img_train.tar')}`,
      `val: 4 images of 3 classes, class folders in ${at('val')}`,
    ]);
    expect([imagenet.train.name, imagenet.val.name]).toEqual(['imagenet train', 'imagenet val']);
    expect(imagenet.words?.get('n00000001')).toBe('tench, Tinca tinca');
    expect(new Set(events.map(({ source }) => source))).toEqual(new Set(['imagenet train', 'imagenet val']));
    const some = await openImageNet(root(), { classes: ['n00000002'], only: 'val' });
    expect(some.val.name).toBe('imagenet val (classes: 1)');
  });

  test('does with one part, and says what is missing when the other is asked for', async () => {
    await valFolders();
    const imagenet = await openImageNet(root());
    expect(imagenet.words).toBeUndefined();
    expect(await contentsOf(imagenet.val)).toEqual(expectedVal);
    expect(() => imagenet.train).toThrow('has no training images; looked for train/CLASS/FILE.JPEG');
    await expect(openImageNet(root(), { only: 'train' })).rejects.toThrow('ILSVRC2012_img_train.tar');
    await trainFolders();
    const { train } = await openImageNet(root(), { only: 'train' });
    expect(train.length).toBe(5);
    const only = await openImageNet(root(), { only: 'val' });
    expect(() => only.train).toThrow(`Only val of ${root()} was opened`);
  });

  test("numbers validation images by the training images' classes, also on their own", async () => {
    await trainFolders();
    await save(at('val/n00000003/x.JPEG'), 'x');
    const { val } = await openImageNet(root(), { only: 'val' });
    expect(val.classes).toHaveLength(3);
    expect([...val.labels]).toEqual([2]);
    await save(at('val/n00000007/x.JPEG'), 'x');
    await expect(openImageNet(root())).rejects.toThrow('n00000007 is none of the 3 of the training images');
    const { train } = await openImageNet(root(), { only: 'train' });
    expect(train.length).toBe(5);
    const some = await openImageNet(root(), { classes: ['n00000003'] });
    expect([...some.val.labels]).toEqual([0]);
  });

  test('names a class that is not there, missing labels, and a place that is none', async () => {
    await trainFolders();
    await expect(openImageNet(root(), { classes: ['n99999999'] })).rejects.toThrow(
      `${root()} has no class n99999999; it has 3 classes, such as n00000001`,
    );
    await flatVal();
    await expect(openImageNet(root())).rejects.toThrow('LOC_val_solution.csv');
    await mkdir(at('val/n00000001'));
    await expect(openImageNet(root())).rejects.toThrow('beside folders, such as n00000001');
    await expect(openImageNet(inFolder('none'))).rejects.toThrow(
      `Could not read the folder ${inFolder('none')}`,
    );
    await rename(at('train'), inFolder('away'));
    await rename(at('val'), inFolder('off'));
    await expect(openImageNet(root())).rejects.toThrow('has no training or validation images');
    await save(at('LOC_synset_mapping.txt'), 'tench\n');
    await trainFolders();
    await expect(openImageNet(root())).rejects.toThrow("is 'tench'; it should read like 'n01440764 tench");
  });
});
