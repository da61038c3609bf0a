/**
 * Runs TensorFlow.js's own specs on one backend: `node specs.mjs cpu|onnxruntime RESULTS.json`. It must be bundled (see
 * run.ts), so that the specs and the engine share one copy of TensorFlow.js.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import * as engine from '../../src/engine/index.js';
import type { SpecResult } from './results.js';

/** What is used of the package jasmine, which has no types. */
interface Jasmine {
  exitOnCompletion: boolean;
  clearReporters(): void;
  addReporter(reporter: { specDone(spec: Spec): void }): void;
  randomizeTests(random: boolean): void;
  execute(): Promise<unknown>;
}

interface Spec {
  readonly fullName: string;
  readonly status: 'passed' | 'failed' | 'pending' | 'excluded';
  readonly failedExpectations: readonly { readonly message: string }[];
}

const [backendName, file] = process.argv.slice(2);
if ((backendName !== 'cpu' && backendName !== 'onnxruntime') || file === undefined) {
  throw new Error('Usage: specs.mjs cpu|onnxruntime RESULTS.json');
}

const jasmine = new (createRequire(import.meta.url)('jasmine') as new () => Jasmine)();
jasmine.randomizeTests(false);
jasmine.exitOnCompletion = false;
jasmine.clearReporters();
const results: SpecResult[] = [];
jasmine.addReporter({
  specDone({ fullName, status, failedExpectations: [failure] }) {
    if (status === 'passed') results.push({ name: fullName });
    if (status === 'failed') results.push({ name: fullName, failure: failure?.message ?? 'no message' });
  },
});

await engine.use({ name: backendName, threads: 1 });
setTestEnvs([{ name: 'conformance', backendName, isDataSync: true }]);
await import('@tensorflow/tfjs-core/dist/tests');
await jasmine.execute();
writeFileSync(file, JSON.stringify(results));
