/**
 * `training-losses.ts cpu|webgpu|cuda|tensorflow`: trains a small ResNet for three steps on onnxruntime's device or on
 * TensorFlow and prints the losses, then the last step's q, as JSON. Exits with 3, saying why, where that is not available.
 */
import { type EngineDevice, use } from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { resnet8 } from '../../src/models/index.js';
import { TrainingStep } from '../../src/train/training-step.js';

const images = 4;
const shape = [8, 8, 3] as const;

function view(first: number): Float32Array {
  return Float32Array.from(
    { length: images * 8 * 8 * 3 },
    (_, n) => 0.5 + 0.5 * Math.sin(0.37 * n * n + first),
  );
}

async function main(what: EngineDevice | 'tensorflow'): Promise<void> {
  await use(what === 'tensorflow' ? { name: what } : { name: 'onnxruntime', device: what, threads: 1 });
  const method = simclr({ loss: dcl({ temperature: 0.2 }), head: { outputFeatures: 16 } });
  const learner = method.start(resnet8({ inputShape: shape, width: 16, seed: 1 }), 1);
  const training = new TrainingStep(learner, shape, { momentum: 0.9, weightDecay: 5e-4 });
  const results = [];
  for (let step = 0; step < 3; step++) results.push(await training.run([view(1), view(2)], 0.05));
  console.log(JSON.stringify([...results.map(({ loss }) => loss), ...results.at(-1)!.multiplier]));
}

main(process.argv[2] as EngineDevice | 'tensorflow').catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = error instanceof InputError ? 3 : 1;
});
