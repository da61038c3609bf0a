/**
 * `tsx device-residency.ts DEVICE`: prints what crosses the bus and what stays in the device's memory, as JSON. Exits with
 * 3, saying why, where the device is not available.
 */
import * as tf from '@tensorflow/tfjs';
import { type EngineDevice, statistics, use } from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';

const size = 128;
const weightBytes = size * size * 4;

/** Bytes that cross the bus during the work: to the device, to the host. */
function moved(work: () => void): [toDevice: number, toHost: number] {
  const before = statistics();
  work();
  const after = statistics();
  return [after.bytesToDevice - before.bytesToDevice, after.bytesToHost - before.bytesToHost];
}

/** A matrix of weights and one of momentum, and a row of numbers given anew at each step. */
function training() {
  const weight = tf.variable(tf.zeros([size, size]));
  const velocity = tf.variable(tf.zeros([size, size]));
  const input = new Float32Array(size).map((_, index) => Math.sin(index));
  const step = () =>
    tf.tidy(() => {
      const row = tf.tensor2d(input, [1, size]);
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.sub(tf.matMul(row, weight), 1))) as tf.Scalar,
        [weight],
      );
      velocity.assign(tf.add(tf.mul(velocity, 0.9), grads[weight.name]!));
      weight.assign(tf.sub(weight, tf.mul(velocity, 0.1)));
      value.dataSync();
    });
  return { weight, step, dispose: () => tf.dispose([weight, velocity]) };
}

function thousandSteps() {
  const { weight, step, dispose } = training();
  for (let count = 0; count < 20; count += 1) step();
  const begin = { onDevice: statistics().bytesOnDevice, resident: process.memoryUsage().rss };
  const perStep = moved(step);
  for (let count = 0; count < 1000; count += 1) step();
  const onDevice = [begin.onDevice, statistics().bytesOnDevice];
  const grownBy = process.memoryUsage().rss - begin.resident;
  const readings = [moved(() => weight.dataSync()), moved(() => weight.dataSync())];
  dispose();
  onDevice.push(statistics().bytesOnDevice);
  return { weightBytes, inputBytes: size * 4, perStep, onDevice, grownBy, readings };
}

/** Weights that came from the host and never change, and a number, used three times. */
function loadedWeights() {
  const before = statistics().bytesOnDevice;
  const loaded = tf.tensor2d(new Float32Array(size * size).fill(0.5), [size, size]);
  const use = () => tf.tidy(() => tf.sum(tf.mul(loaded, 0.75)).dataSync());
  const toDevice = [moved(use), moved(use), moved(use)].map(([bytes]) => bytes);
  const onDevice = [statistics().bytesOnDevice - before];
  loaded.dispose();
  onDevice.push(statistics().bytesOnDevice - before);
  return { toDevice, onDevice };
}

/** What is disposed while a recorded operation, or another tensor of equal values, still needs it. */
function neededLater() {
  const before = statistics().bytesOnDevice;
  const x = tf.square(tf.tensor1d([1, 2, 3]));
  const equal = tf.square(tf.tensor1d([5]));
  x.dataSync();
  const pending = tf.add(x, 1);
  x.dispose();
  equal.dispose();
  const values = [...pending.dataSync()];
  const a = tf.tensor1d([3]);
  const [first, second] = [tf.exp(a), tf.exp(a)];
  tf.tidy(() => tf.neg(a).dataSync());
  first.dispose();
  values.push(Math.log(second.dataSync()[0]!));
  tf.dispose([pending, second, a]);
  return { values, onDevice: statistics().bytesOnDevice - before };
}

function plainKernel(): number[] {
  return tf.tidy(() => {
    const computed = tf.add(tf.tensor1d([1, 2, 1]), 1);
    tf.neg(computed).dataSync();
    return [...tf.add(tf.unique(computed).values, 1).dataSync()];
  });
}

/** A tensor whose values are left on the device, and one not yet computed from it, when the device changes. */
async function switched(device: EngineDevice): Promise<number[]> {
  const kept = tf.add(tf.tensor1d([1, 2]), 1);
  tf.tidy(() => tf.neg(kept).dataSync());
  const pending = tf.mul(kept, 10);
  await use({ device: 'cpu', threads: 1 });
  const onHost = [...kept.dataSync(), ...pending.dataSync()];
  await use({ device, threads: 1 });
  return [...onHost, ...tf.add(pending, 1).dataSync()];
}

async function debugged(device: EngineDevice): Promise<number[]> {
  await use({ device, threads: 1, debug: true });
  return [...tf.relu(tf.tensor1d([-1, 2])).dataSync()];
}

async function main(device: EngineDevice): Promise<void> {
  await use({ device, threads: 1 });
  console.warn = () => undefined;
  const observed = {
    steps: thousandSteps(),
    loaded: loadedWeights(),
    needed: neededLater(),
    plain: plainKernel(),
    switched: await switched(device),
    debugged: await debugged(device),
  };
  console.log(JSON.stringify(observed));
}

main(process.argv[2] as EngineDevice).catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = error instanceof InputError ? 3 : 1;
});
