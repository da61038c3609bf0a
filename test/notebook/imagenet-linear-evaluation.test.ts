import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { load, subset, writeImageFolder } from '../../src/data/index.js';
import { readTable } from '../../src/experiments/index.js';
import { type CodeCell, joined } from '../../src/notebook/format/notebook.js';
import { execute, type Notebook } from '../../src/notebook/index.js';
import { chartsOf, temporaryFolder, textOf } from './cells.js';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const path = fromHere('../../notebooks/06-imagenet-linear-evaluation.ipynb');

/** Accuracies, the map, confusions, accuracy by class, reliability. */
const charts = 5;
/** The map of the test images, as text. */
function mapOf(notebook: Notebook): string {
  const texts = notebook.cells
    .flatMap((cell) => (cell.cell_type === 'code' ? (cell as CodeCell).outputs : []))
    .map((output) => ('data' in output ? joined(output.data['text/plain'] as string | string[]) : ''));
  return texts.find((text) => text.startsWith('How the encoder arranges the test images')) ?? '';
}

const short = { linearEpochs: 2, onlineEpochs: 1, fineTuneEpochs: 1, batchSize: 16 };

test('evaluates the encoder that it trains, and goes on with what is on disk', async () => {
  const folder = temporaryFolder();
  const saveTo = join(folder, 'table');
  const map = { mapClasses: 4, mapImages: 30 };
  const changes = { ...short, ...map, trainingImages: 200, testImages: 100, labelledShare: 0.2 };
  const parameters = { changes, folder, saveTo, estimateRecipe: false };
  const executed = await execute(path, { parameters });
  expect(textOf(executed)).toContain('200 and 100 rows of 64 features');
  // Every second of the 40 test images of four classes.
  expect(mapOf(executed)).toMatch(/MNIST val, seed 1; n = 20\n/);
  expect(mapOf(executed).match(/\d: \d+ points/g)).toEqual([0, 1, 2, 3].map((digit) => `${digit}: 5 points`));
  const { table, provenance } = await readTable(saveTo);
  expect(table.array('protocol')).toEqual([
    ...['kNN', 'linear, cached', 'kNN, untrained', 'linear, cached, untrained', 'linear, online'],
    ...['fine-tuning, 40 labels', 'from scratch, 40 labels'],
  ]);
  expect(provenance).toMatchObject({ data: 'MNIST train', images: 200, testImages: 100, settings: changes });
  const liveCharts = 1;
  expect(chartsOf(executed)).toBe(charts + liveCharts);
  const again = await execute(path, { parameters: { ...parameters, saveTo: join(folder, 'again') } });
  expect((await readTable(join(folder, 'again'))).table.objects()).toEqual(table.objects());
  expect(textOf(again)).toContain('200 and 100 rows of 64 features');
}, 300_000);

test("evaluates someone else's checkpoint on a folder of images, with the cost of the paper's run", async () => {
  const folder = temporaryFolder();
  const mnist = await load('mnist');
  for (const [part, count] of [
    ['train', 60],
    ['val', 40],
  ] as const) {
    await writeImageFolder(join(folder, 'images', part), subset(mnist.test, count));
  }
  const executed = await execute(path, {
    parameters: {
      images: join(folder, 'images'),
      checkpoint: fromHere('../golden/weights/moco.pth.tar'),
      changes: { ...short, size: 32, labelledShare: 0.5 },
      folder: join(folder, 'runs'),
      saved: [],
    },
  });
  const text = textOf(executed);
  expect(mapOf(executed)).toContain('images val, seed 1; n = 40');
  expect(text).toMatch(/A ResNet at ".*encoder_q.*" \(MoCo\); not used: .*fc/);
  expect(text).toMatch(
    /ResNet-50 trains on \d+\.\d+ images\/s here; 200 epochs of 1,281,167 images are \d+ days/,
  );
  expect(chartsOf(executed)).toBe(charts);
}, 300_000);
