import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const minute = 60_000;

/** The tests that look at notebooks in a browser, one file after the other: they share one JupyterLab and the machine. */
export default defineConfig({
  root: fromHere('../..'),
  resolve: { alias: { 'dcl-lab': fromHere('../../src/index.ts') } },
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: [fromHere('../build.ts'), fromHere('setup.ts')],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 5 * minute,
    hookTimeout: 5 * minute,
    reporters: ['verbose'],
  },
});
