import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { Lab } from './lab.js';

/** What a user sees of a notebook in JupyterLab, and where they click. */
export class NotebookPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens a notebook of the lab's folder, as a link to it does; its kernel starts without a question. */
  static async open(page: Page, lab: Lab, path: string): Promise<NotebookPage> {
    await page.goto(`${lab.address}/lab/tree/${path}?token=${lab.token}&reset`);
    const notebook = new NotebookPage(page);
    await notebook.#notebook.waitFor({ timeout: 120_000 });
    await notebook.#idle();
    return notebook;
  }

  get #notebook(): Locator {
    return this.#page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook');
  }

  get codeCells(): Locator {
    return this.#notebook.locator('.jp-CodeCell');
  }

  /** The name of the kernel that the notebook's toolbar shows. */
  kernelName(): Promise<string> {
    return this.#page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-KernelName').innerText();
  }

  /** What JupyterLab asks, such as for a kernel. */
  dialogs(): Promise<string[]> {
    return this.#page.locator('.jp-Dialog').allInnerTexts();
  }

  /** Run > Run All Cells, until every code cell waits for its turn. */
  async runAllCells(): Promise<void> {
    await this.#menu('Run', /^Run All Cells$/);
    await until(async () => (await this.prompts()).at(-1) === '[*]:', 10_000, 10);
  }

  /** Runs one code cell, counted from 0, and does not wait for its end. */
  async run(cell: number): Promise<void> {
    await this.#focus(cell);
    await this.#page.keyboard.press('Shift+Enter');
  }

  async typeAtTheEnd(cell: number, text: string): Promise<void> {
    await this.#focus(cell);
    await this.#page.keyboard.press('End');
    await this.#page.keyboard.type(text);
  }

  async sourceOf(cell: number): Promise<string> {
    return (await this.#editor(cell).innerText()).trim();
  }

  /** The stop button of the notebook's toolbar. */
  async interrupt(): Promise<void> {
    await this.#page
      .locator('[data-jp-item-name="interrupt"] jp-button, [data-jp-item-name="interrupt"] button')
      .first()
      .click();
  }

  async restartKernel(): Promise<void> {
    await this.#menu('Kernel', /^Restart Kernel…$/);
    await this.#page.locator('.jp-Dialog button.jp-mod-accept').click();
    await this.#idle();
  }

  async save(): Promise<void> {
    await this.#menu('File', 'Save Notebook');
    await this.#page
      .locator('.jp-Document .jp-mod-dirty, .lm-TabBar-tab.jp-mod-dirty')
      .waitFor({ state: 'detached' });
  }

  /** `In [3]` of a code cell: '[3]', '[*]' while it runs or waits, '[ ]' before. */
  async prompt(cell: number): Promise<string> {
    return (await this.codeCells.nth(cell).locator('.jp-InputPrompt').textContent())?.trim() ?? '';
  }

  async prompts(): Promise<string[]> {
    const texts = await this.codeCells.locator('.jp-InputPrompt').allTextContents();
    return texts.map((text) => text.trim());
  }

  /** Waits until no cell runs or waits any more. */
  settled(timeout: number): Promise<void> {
    return until(async () => !(await this.prompts()).includes('[*]:'), timeout, 500);
  }

  /** Waits until a cell that was begun has ended. */
  ended(cell: number, timeout: number): Promise<void> {
    return until(async () => /^\[\d+\]/.test(await this.prompt(cell)), timeout, 20);
  }

  output(cell: number): Locator {
    return this.codeCells.nth(cell).locator('.jp-OutputArea-output');
  }

  async outputText(cell: number): Promise<string> {
    return (await this.output(cell).allTextContents()).join('\n');
  }

  errors(): Promise<string[]> {
    return this.#notebook
      .locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]')
      .allInnerTexts();
  }

  async #menu(menu: string, item: string | RegExp): Promise<void> {
    await this.#page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${menu}$`) }).click();
    await this.#page.locator('.lm-Menu-itemLabel', { hasText: item }).first().click();
  }

  #editor(cell: number): Locator {
    return this.codeCells.nth(cell).locator('.jp-InputArea-editor .cm-content');
  }

  async #focus(cell: number): Promise<void> {
    await this.#editor(cell).click();
  }

  /** Until the kernel has started and waits for work. */
  async #idle(): Promise<void> {
    await until(async () => !['', 'No Kernel'].includes((await this.kernelName()).trim()), 120_000, 50);
    await this.#page
      .locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status="idle"]')
      .waitFor({ timeout: 120_000 });
  }
}

async function until(holds: () => Promise<boolean>, timeout: number, interval: number): Promise<void> {
  for (const end = performance.now() + timeout; !(await holds()); await delay(interval)) {
    if (performance.now() > end)
      throw new Error(`The notebook did not get there within ${timeout / 1000} s.`);
  }
}
