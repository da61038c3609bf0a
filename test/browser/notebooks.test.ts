import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { type Notebook, type Output, read } from '../../src/notebook/format/notebook.js';
import { withPage } from './browser.js';
import { drawingIn } from './figures.js';
import { NotebookPage } from './jupyterlab.js';

const lab = inject('lab');
const minute = 60_000;

/** What is run as it stands, and the longest that it may take on a busy machine. */
const notebooks = [
  { path: '01-npc-analysis.ipynb', minutes: 10 },
  { path: '07-classroom.ipynb', minutes: 30 },
  { path: '00-quickstart.ipynb', minutes: 40 },
];

test.skipIf(lab === undefined).each(notebooks)(
  '$path runs all cells without an edit, and every figure is drawn',
  async ({ path, minutes }) => {
    await withPage(path, {}, async (page) => {
      const notebook = await NotebookPage.open(page, lab!, path);
      expect(await notebook.dialogs()).toEqual([]);
      expect(await notebook.kernelName()).toBe('DCL Lab (TypeScript)');

      await notebook.runAllCells();
      await notebook.settled(minutes * minute);
      expect(await notebook.dialogs()).toEqual([]);
      await notebook.save();
      const saved = await read(join(lab!.folder, path));
      const cells = codeCells(saved);
      expect(await notebook.prompts()).toEqual(cells.map((_, index) => `[${index + 1}]:`));
      expect(failed(saved)).toEqual(meantToFail(saved));
      await everyFigureIsDrawn(notebook, saved);
    });
  },
  45 * minute,
);

async function everyFigureIsDrawn(notebook: NotebookPage, saved: Notebook): Promise<void> {
  let figures = 0;
  for (const [cell, { outputs }] of codeCells(saved).entries()) {
    for (const [place, output] of outputs.entries()) {
      if (!isFigure(output)) continue;
      figures++;
      const element = notebook.output(cell).nth(place);
      // The browser skips what is out of view, and plotly.js draws when it comes into view.
      await expect
        .poll(() => drawingIn(element), {
          message: `output ${place + 1} of code cell ${cell + 1}`,
          timeout: 10_000,
        })
        .toSatisfy(({ width, height, marks }) => width > 300 && height > 200 && marks > 0);
    }
  }
  console.log(`${figures} figures are drawn.`);
  expect(figures).toBeGreaterThan(0);
}

function isFigure(output: Output): boolean {
  return 'data' in output && 'application/vnd.plotly.v1+json' in output.data;
}

function codeCells({ cells }: Notebook) {
  return cells.filter((cell) => cell.cell_type === 'code');
}

function failed(notebook: Notebook): string[] {
  const cells = codeCells(notebook).filter(({ outputs }) =>
    outputs.some(({ output_type }) => output_type === 'error'),
  );
  return cells.map(({ id }) => id);
}

/** An exercise that is not solved yet may fail, and says so by its tag. */
function meantToFail(notebook: Notebook): string[] {
  const cells = codeCells(notebook).filter(({ metadata }) => metadata.tags?.includes('raises-exception'));
  return cells.map(({ id }) => id);
}
