/** `npm run test:tensorflow`: the tests of everything that an engine computes, on the engine `tensorflow`. */
import { startVitest } from 'vitest/node';
import { loadTensorflow } from '../src/engine/tensorflow.js';

const tests = [
  ...['losses', 'npc', 'models', 'methods', 'train', 'evaluate', 'figures'].map((room) => `test/${room}/`),
  'test/engine/devices.test.ts',
];

const found = loadTensorflow();
if ('failures' in found) {
  console.log(`Skipped: ${found.failures.join('; ')}. \`npm run engine:tensorflow\` installs the engine.`);
} else {
  process.env.DCL_ENGINE = 'tensorflow';
  await startVitest('test', tests, { config: 'test/vitest.config.ts', run: true });
}
