import type { TestProject } from 'vitest/node';
import { InputError } from '../../src/errors.js';
import { launchChromium } from '../../src/notebook/export/chromium.js';
import { findPython } from '../../src/notebook/lab/python.js';
import { type Lab, startLab } from './lab.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The JupyterLab that all tests share; undefined where there is no Python or no Chromium. */
    lab: Lab | undefined;
  }
}

/** Starts what `npm run lab` starts, once for all tests, on a copy of the notebooks. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = await whatIsMissing();
  if (missing !== undefined) {
    console.log(`The browser tests are skipped. ${missing}`);
    provide('lab', undefined);
    return undefined;
  }
  const { lab, stop } = await startLab();
  provide('lab', lab);
  return stop;
}

async function whatIsMissing(): Promise<string | undefined> {
  try {
    findPython();
    await (await launchChromium()).close();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
