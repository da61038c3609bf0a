import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: fromHere('..'),
  resolve: { alias: { 'dcl-lab': fromHere('../src/index.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    globalSetup: fromHere('build.ts'),
    // onnxruntime and sharp are native addons: a process per file keeps one file's crash from taking the others along.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // TensorFlow.js greets who computes without an engine, as many tests do on purpose.
    onConsoleLog: (log) => !log.includes('Hi, looks like you are running TensorFlow.js in Node.js'),
  },
});
