import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { use } from '../../src/engine/index.js';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { smallRun } from './small-run.js';

/** One convolution: a thousand steps of it take seconds. */
function tinyEncoder(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 8, kernelSize: 3 }),
      tf.layers.reLU(),
      tf.layers.globalAveragePooling2d({}),
    ],
  });
}

/** The head's 33,000 weights and as many velocities make 0.27 MB of new values a step: 214 MB from step 200 to 1000. */
const method = simclr({ loss: dcl(), head: { hiddenFeatures: 256, outputFeatures: 128 } });

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function residentMegabytes(): number {
  collectGarbage();
  return process.memoryUsage.rss() / 1e6;
}

test('a thousand steps leave the number of tensors and the resident memory flat', async () => {
  await use({ name: 'onnxruntime', threads: 1 });
  const found = [];
  for await (const event of smallRun({ method, encoder: tinyEncoder(), epochs: 334, reportEvery: 200 })) {
    if (event.type !== 'step' || event.step % 200 !== 0) continue;
    const { numTensors, numBytes } = tf.memory();
    found.push({ numTensors, numBytes, resident: residentMegabytes() });
  }
  expect(found).toHaveLength(5);
  const [first, last] = [found[0]!, found[4]!];
  expect(last).toMatchObject({ numTensors: first.numTensors, numBytes: first.numBytes });
  expect(last.resident - first.resident).toBeLessThan(64);
});
