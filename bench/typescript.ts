/** `typescript.ts ENGINE THREADS`: a contestant that computes with TensorFlow.js on one of its engines. */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import * as engine from '../src/engine/index.js';
import { loadTensorflow } from '../src/engine/tensorflow.js';
import type { Engine } from './cases.js';
import type { Failed, Prepared, Request, Timed } from './protocol.js';
import { type Step, workload } from './workload.js';

type TypescriptEngine = Exclude<Engine, 'pytorch'>;

let step: Step | undefined;

async function use(name: TypescriptEngine, threads: number): Promise<string> {
  if (name === 'wasm') {
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
  } else {
    await engine.use({ name, threads });
  }
  const { version } = createRequire(import.meta.url)(`${packageOf(name)}/package.json`);
  return name === 'onnxruntime' ? `dcl-lab (onnxruntime ${version})` : `tfjs ${name} ${version}`;
}

/** The package whose version tells which engine it was. */
function packageOf(name: TypescriptEngine): string {
  if (name === 'onnxruntime') return 'onnxruntime-node';
  if (name !== 'tensorflow') return `@tensorflow/tfjs-backend-${name}`;
  const found = loadTensorflow();
  if ('failures' in found) throw new Error(found.failures.join('; '));
  return found.packageName;
}

async function answer(name: TypescriptEngine, threads: number, request: Request): Promise<Prepared | Timed> {
  const engineName = await use(name, threads);
  switch (request.command) {
    case 'prepare':
      step = workload(request.case);
      return { name: engineName, parameters: trainableParameters() };
    case 'run':
      return timed(step!, request.steps);
    case 'multiply':
      return timed(multiplication(request.size), 1);
  }
}

/** Variables that TensorFlow.js trains are the network's weights; the optimiser's are not trainable. */
function trainableParameters(): number {
  const variables = Object.values(tf.engine().state.registeredVariables);
  return variables.filter(({ trainable }) => trainable).reduce((total, { size }) => total + size, 0);
}

async function timed(work: Step, steps: number): Promise<Timed> {
  const before = computing();
  const begin = performance.now();
  let result: readonly number[] = [];
  for (let done = 0; done < steps; done++) result = await work();
  const milliseconds = performance.now() - begin;
  const seconds = milliseconds / 1000;
  if (tf.getBackend() !== 'onnxruntime') return { seconds, result };
  return { seconds, recording: (milliseconds - (computing() - before)) / steps, result };
}

/** Milliseconds that the engine has compiled and run so far. */
function computing(): number {
  const { compileMilliseconds, runMilliseconds } = engine.statistics();
  return compileMilliseconds + runMilliseconds;
}

/** The sum of the product is read rather than the product, so that copying it does not count. */
function multiplication(size: number): Step {
  const [a, b] = [1, 2].map((seed) => tf.randomUniform([size, size], -1, 1, 'float32', seed) as tf.Tensor2D);
  return async () => {
    const total = tf.tidy(() => tf.sum(tf.matMul(a!, b!)));
    return [...(await total.data())];
  };
}

async function main(): Promise<void> {
  const [name, threads] = process.argv.slice(2);
  for await (const line of createInterface({ input: process.stdin })) {
    const reply: Prepared | Timed | Failed = await answer(
      name as TypescriptEngine,
      Number(threads),
      JSON.parse(line),
    ).catch((error: Error) => ({ error: error.message }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

await main();
