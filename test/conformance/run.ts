/**
 * `npm run test:conformance`: the specs that TensorFlow.js's core package ships, on our backend and on its own
 * JavaScript backend. Fails where that one passes and ours does not, unless exceptions.ts gives a reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { exceptions } from './exceptions.js';
import { type Comparison, compare, type SpecResult } from './results.js';

/** Inside node_modules, so that the bundle finds the packages left out of it. */
const cache = fileURLToPath(new URL('../../node_modules/.dcl-lab-', import.meta.url));

/** One copy of TensorFlow.js for the specs, which import its modules, and the engine, which imports its packages. */
async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('specs.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    // The package declares its specs free of side effects.
    ignoreAnnotations: true,
    external: ['onnxruntime-node', 'onnxruntime-common', 'jasmine'],
    banner: {
      js: "import { createRequire as _createRequire } from 'node:module'; const require = _createRequire(import.meta.url);",
    },
  });
}

function results(specs: string, backendName: string, file: string): SpecResult[] {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [specs, backendName, file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`The specs did not run on ${backendName}:\n${stdout}${stderr}`);
  const found = JSON.parse(readFileSync(file, 'utf8')) as SpecResult[];
  console.log(
    `${backendName}: ${found.length} specs in ${((performance.now() - begin) / 1000).toFixed(0)} s`,
  );
  return found;
}

function report({ expected, passed, excepted, failed, outdated }: Comparison): void {
  for (const { name, failure } of failed) console.log(`FAILED ${name}\n  ${failure}`);
  for (const name of outdated) console.log(`EXCEPTION NOT NEEDED ${name}`);
  for (const { name } of excepted) console.log(`excepted: ${name}: ${exceptions[name]}`);
  console.log(`${passed} of ${expected} passed, ${failed.length} failed, ${excepted.length} excepted`);
}

const folder = mkdtempSync(cache);
try {
  const specs = join(folder, 'specs.mjs');
  await bundle(specs);
  const reference = results(specs, 'cpu', join(folder, 'cpu.json'));
  const ours = results(specs, 'onnxruntime', join(folder, 'onnxruntime.json'));
  const comparison = compare(reference, ours, Object.keys(exceptions));
  report(comparison);
  if (comparison.failed.length + comparison.outdated.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
