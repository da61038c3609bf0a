import { describe, expect, test } from 'vitest';
import { readValidationLabels } from '../../../src/data/index.js';
import { save } from './archives.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();
const tensorflow = 'imagenet_2012_validation_synset_labels.txt';
const kaggle = 'LOC_val_solution.csv';

describe('readValidationLabels', () => {
  test("reads TensorFlow's list, in which line i is image i", async () => {
    await save(inFolder(tensorflow), 'n01751748\nn09193705\nn01751748\n');
    const labels = await readValidationLabels([inFolder()]);
    expect(labels.classes).toEqual(['n01751748', 'n09193705']);
    expect(labels.classOf('ILSVRC2012_val_00000002.JPEG')).toBe('n09193705');
    expect(labels.classOf('ILSVRC2012_val_00000003.JPEG')).toBe('n01751748');
  });

  test("reads Kaggle's list, in any order, with one or more boxes", async () => {
    const rows = [
      'ILSVRC2012_val_00048981,n03995372 85 1 499 272',
      'ILSVRC2012_val_00000002,n01440764 1 2 3 4 n01440764 5 6 7 8 ',
    ];
    await save(inFolder('later', kaggle), `ImageId,PredictionString\r\n${rows.join('\r\n')}\r\n`);
    const labels = await readValidationLabels([inFolder(), inFolder('later')]);
    expect(labels.classes).toEqual(['n01440764', 'n03995372']);
    expect(labels.classOf('ILSVRC2012_val_00048981.JPEG')).toBe('n03995372');
    expect(labels.classOf('ILSVRC2012_val_00000002.jpeg')).toBe('n01440764');
  });

  test('says which lists would do and where', async () => {
    const error = await readValidationLabels([inFolder(), inFolder('val')]).catch(
      (reason: Error) => reason.message,
    );
    for (const part of [tensorflow, kaggle, `into ${inFolder()}`, 'meta.mat']) expect(error).toContain(part);
  });

  test('names lines that are no labels, and images without one', async () => {
    await save(inFolder('a', tensorflow), 'n01751748\n490\n');
    await expect(readValidationLabels([inFolder('a')])).rejects.toThrow(
      `Line 2 of ${inFolder('a', tensorflow)} is '490'`,
    );
    await save(inFolder('b', kaggle), 'ImageId,PredictionString\nILSVRC2012_val_1,n03995372 85\n');
    await expect(readValidationLabels([inFolder('b')])).rejects.toThrow("is 'ILSVRC2012_val_1,n03995372 85'");
    await save(inFolder('c', tensorflow), 'n01751748\n');
    const labels = await readValidationLabels([inFolder('c')]);
    expect(() => labels.classOf('ILSVRC2012_val_00000002.JPEG')).toThrow(
      'has no label for ILSVRC2012_val_00000002.JPEG',
    );
    expect(() => labels.classOf('cat.JPEG')).toThrow('cat.JPEG is not named as a validation image');
  });
});
