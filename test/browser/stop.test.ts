import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { write } from '../../src/notebook/format/notebook.js';
import { fromSource } from '../../src/notebook/format/source.js';
import { readRunSettings } from '../../src/train/index.js';
import { withPage } from './browser.js';
import { NotebookPage } from './jupyterlab.js';
import type { Lab } from './lab.js';

const lab = inject('lab');

/** From the click to the cell's end, in milliseconds. */
const stopLimit = 2000;

const source = `// %%
import * as dcl from 'dcl-lab';
await dcl.engine.use();
const { train } = await dcl.data.load('mnist');
const watched = () => dcl.notebook.watch(
  dcl.train.pretrain({
    encoder: dcl.models.resnet8({ inputShape: train.shape, width: 16, seed: 1 }),
    data: train,
    method: dcl.methods.simclr({ loss: dcl.losses.dcl({ temperature: 0.1 }) }),
    batchSize: 32,
    epochs: 100,
    seed: 1,
    checkpoint: 'stopped-run',
    existing: 'resume',
  }),
);
const steps = ({ steps }: dcl.notebook.RunHistory) => console.log(steps[0].step, steps.at(-1).step);

// %%
const first = await watched();

// %%
steps(first);

// %%
const second = await watched();

// %%
steps(second);
`;

test.skipIf(lab === undefined)(
  'Stop ends training within 2 s with a checkpoint, from which the next cell and a restarted kernel go on',
  async () => {
    const path = await trainingNotebook(lab!);
    await withPage('stop', {}, async (page) => {
      const notebook = await NotebookPage.open(page, lab!, path);
      await ranToItsEnd(notebook, 0);
      const first = await stoppedRun(notebook, 1);
      expect(first.from).toBe(1);
      const folder = join(lab!.folder, 'stopped-run');
      expect(existsSync(folder)).toBe(true);
      expect(readRunSettings(folder)).toBeDefined();

      const second = await stoppedRun(notebook, 3);
      expect(second.from).toBe(first.to + 1);

      await notebook.restartKernel();
      await ranToItsEnd(notebook, 0);
      const third = await stoppedRun(notebook, 1);
      expect(third.from).toBe(second.to + 1);
    });
  },
);

async function trainingNotebook({ folder }: Lab): Promise<string> {
  const path = 'stop.ipynb';
  await write(join(folder, path), fromSource(source));
  return path;
}

async function ranToItsEnd(notebook: NotebookPage, cell: number): Promise<void> {
  await notebook.run(cell);
  await notebook.ended(cell, 120_000);
}

/** Trains in a cell for a while, presses Stop, and reads from the next cell which steps were taken. */
async function stoppedRun(
  notebook: NotebookPage,
  cell: number,
): Promise<{ readonly from: number; readonly to: number }> {
  await notebook.run(cell);
  await notebook.output(cell).locator('.main-svg').first().waitFor({ timeout: 120_000 });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const begun = performance.now();
  await notebook.interrupt();
  await notebook.ended(cell, 60_000);
  const took = performance.now() - begun;
  console.log(`Stop ended the cell after ${Math.round(took)} ms.`);
  expect(took).toBeLessThan(stopLimit);
  await ranToItsEnd(notebook, cell + 1);
  const [from, to] = (await notebook.outputText(cell + 1)).trim().split(' ').map(Number);
  return { from: from!, to: to! };
}
