import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

export default defineConfig({
  root,
  resolve: { alias: { 'dcl-lab': `${root}src/index.ts` } },
  test: {
    include: ['test/**/*.test.ts'],
    // onnxruntime and sharp are native addons: a process per file keeps one file's crash from taking the others along.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
