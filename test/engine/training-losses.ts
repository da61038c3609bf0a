/**
 * `training-losses.ts cpu|webgpu|cuda|tensorflow`: trains a small ResNet for four steps on onnxruntime's device or on
 * TensorFlow and prints as JSON the losses with the last step's q, and what onnxruntime computed with. Exits with 3, saying
 * why, where that is not available.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineDevice, type UseOptions, use } from '../../src/engine/index.js';
import { onnxruntimeBackend } from '../../src/engine/use.js';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { resnet8 } from '../../src/models/index.js';
import { sgd } from '../../src/train/index.js';
import { TrainingStep } from '../../src/train/training-step.js';

const images = 4;
const shape = [32, 32, 3] as const;

function view(first: number): Float32Array {
  return Float32Array.from(
    { length: images * 32 * 32 * 3 },
    (_, n) => 0.5 + 0.5 * Math.sin(0.37 * n * n + first),
  );
}

interface ProfileEvent {
  readonly args?: { readonly provider?: string; readonly op_name?: string };
}

/** What onnxruntime's profiles in the folder say ran: its providers, and how many copies from one to another. */
function placement(folder: string): { providers: string[]; copies: number } {
  const events = readdirSync(folder).flatMap(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ProfileEvent[],
  );
  const providers = new Set(events.flatMap(({ args }) => args?.provider ?? []));
  const copies = events.filter(({ args }) => args?.op_name?.startsWith('Memcpy')).length;
  return { providers: [...providers], copies };
}

async function main(what: EngineDevice | 'tensorflow'): Promise<void> {
  const engine: UseOptions = what === 'tensorflow' ? { name: what } : { name: 'onnxruntime', device: what };
  await use({ ...engine, threads: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  if (what !== 'tensorflow') {
    onnxruntimeBackend()!.configure({ device: what, threads: 1, profile: join(folder, 'step') });
  }
  const method = simclr({ loss: dcl({ temperature: 0.2 }), head: { outputFeatures: 16 } });
  const learner = method.start(resnet8({ stem: 'imagenet', inputShape: shape, width: 16, seed: 1 }), 1);
  const training = new TrainingStep(learner, [shape, shape], sgd());
  const results = [];
  for (let step = 0; step < 4; step++)
    results.push(await training.run([view(1), view(2)], { learningRate: 0.05, progress: 0.5 }));
  const values = [...results.map(({ loss }) => loss), ...results.at(-1)!.multiplier];
  // Ends the sessions, which then write their profiles.
  await use({ ...engine, threads: 2 });
  console.log(JSON.stringify({ values, ...placement(folder) }));
  rmSync(folder, { recursive: true });
}

main(process.argv[2] as EngineDevice | 'tensorflow').catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = error instanceof InputError ? 3 : 1;
});
