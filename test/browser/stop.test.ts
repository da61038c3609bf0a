import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { write } from '../../src/notebook/format/notebook.js';
import { fromSource } from '../../src/notebook/format/source.js';
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
    reportEvery: 1,
    checkpoint: 'stopped-run',
    existing: 'resume',
  }),
);
const tell = ({ steps }: dcl.notebook.RunHistory) => console.log(steps.map(({ step }) => step).join());

// %%
const first = await watched();

// %%
tell(first);

// %%
const second = await watched();

// %%
tell(second);
`;

test.skipIf(lab === undefined)(
  'Stop ends training within 2 s with a checkpoint, from which the next cell and a restarted kernel go on',
  async () => {
    const path = await trainingNotebook(lab!);
    await withPage('stop', {}, async (page) => {
      const notebook = await NotebookPage.open(page, lab!, path);
      await ranToItsEnd(notebook, 0);
      const first = await stoppedRun(notebook, 1);
      expect(checkpointsIn(join(lab!.folder, 'stopped-run'))).toContain(checkpointAfter(first));

      const second = await stoppedRun(notebook, 3);
      expect(second).toBeGreaterThan(first);

      await notebook.restartKernel();
      await ranToItsEnd(notebook, 0);
      expect(await stoppedRun(notebook, 1)).toBeGreaterThan(second);
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

/**
 * Trains in a cell for a while, presses Stop, and reads from the next cell which steps the run has taken, in earlier cells too:
 * each once, and none left out. Returns the last one.
 */
async function stoppedRun(notebook: NotebookPage, cell: number): Promise<number> {
  await notebook.run(cell);
  await notebook.output(cell).locator('.main-svg').first().waitFor({ timeout: 120_000 });
  await delay(5000);
  const begun = performance.now();
  await notebook.interrupt();
  await notebook.ended(cell, 60_000);
  const took = performance.now() - begun;
  console.log(`Stop ended the cell after ${Math.round(took)} ms.`);
  await ranToItsEnd(notebook, cell + 1);
  const steps = (await notebook.outputText(cell + 1)).trim().split(',').map(Number);
  expect(steps).toEqual(steps.map((_, index) => index + 1));
  expect(took).toBeLessThan(stopLimit);
  return steps.length;
}

function checkpointsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('checkpoint-'));
}

function checkpointAfter(step: number): string {
  return `checkpoint-${String(step).padStart(8, '0')}.safetensors`;
}
