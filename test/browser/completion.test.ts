import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { fromSource, write } from '../../src/notebook/index.js';
import { withPage } from './browser.js';
import { NotebookPage } from './jupyterlab.js';

const lab = inject('lab');

test.skipIf(lab === undefined)(
  'Tab completes what dcl-lab exports, and Shift+Tab tells its type',
  async () => {
    await write(
      join(lab!.folder, 'completion.ipynb'),
      fromSource("// %%\nimport * as dcl from 'dcl-lab';\n\n// %%\ndcl.losses.inf\n"),
    );
    await withPage('completion', {}, async (page) => {
      const notebook = await NotebookPage.open(page, lab!, 'completion.ipynb');
      await notebook.run(0);
      await notebook.ended(0, 120_000);
      await notebook.typeAtTheEnd(1, 'o');
      await page.keyboard.press('Tab');
      await page.locator('.jp-Completer-item', { hasText: /^infoNCE$/ }).waitFor({ timeout: 60_000 });
      await page.keyboard.press('Enter');
      expect(await notebook.sourceOf(1)).toBe('dcl.losses.infoNCE');
      await page.keyboard.press('Shift+Tab');
      const tooltip = page.locator('.jp-Tooltip');
      await tooltip.waitFor({ timeout: 60_000 });
      expect(await tooltip.innerText()).toContain('ContrastiveLoss');
    });
  },
);
