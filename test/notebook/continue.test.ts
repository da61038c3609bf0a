/** A run in the real kernel: stopped, killed, and gone on with by the same cell. */
import { afterEach, expect, test } from 'vitest';
import type { Message } from '../../src/notebook/protocol/message.js';
import { KernelClient } from '../../src/notebook/runner/client.js';
import { KernelDied } from '../../src/notebook/runner/kernel-process.js';
import { temporaryFolder } from './cells.js';

const directory = temporaryFolder();
const published: Message[] = [];
let client: KernelClient | undefined;
afterEach(() => client?.stop());

async function startKernel(): Promise<KernelClient> {
  client = await KernelClient.start({ directory, onPublished: (message) => published.push(message) });
  return client;
}

/** What a cell has shown so far as text, printed or displayed. */
function texts(id: string): string[] {
  return published
    .filter(({ parent }) => parent.msg_id === id)
    .map(({ content }) => content as { text?: string; data?: Record<string, string> })
    .map(({ text, data }) => text ?? data?.['text/plain'] ?? '');
}

async function until(id: string, pattern: RegExp): Promise<void> {
  while (!texts(id).some((text) => pattern.test(text))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The cell of a student, who runs it again to go on. @param around - wraps the run */
const cell = (folder: string, around = '') => `
import * as dcl from 'dcl-lab';
await dcl.engine.use({ threads: 1 });
const mnist = await dcl.data.load('mnist');
const data = dcl.data.subset(mnist.train, 48);
const encoder = dcl.models.resnet8({ width: 2, inputShape: data.shape, seed: 1 });
const run = dcl.train.pretrain({
  encoder,
  data,
  method: dcl.methods.simclr({ loss: dcl.losses.dcl(), head: { outputFeatures: 4 } }),
  batchSize: 8,
  epochs: 12,
  reportEvery: 1,
  evaluate: dcl.evaluate.knnDuringTraining(data, data, { k: 3 }),
  evaluateEvery: 5,
  checkpoint: '${folder}',
  checkpointSeconds: 0,
  existing: 'resume',
});
const history = await dcl.notebook.watch(${around}(run));
console.log('RESULT ' + JSON.stringify([
  history.reason,
  history.steps.map(({ loss, multiplier }) => [loss, multiplier.variation]),
  history.evaluations.map(({ epoch, accuracies }) => [epoch, accuracies]),
  Array.from((await dcl.evaluate.embed(encoder, data)).features),
]));`;

/** A run with something done at a step. */
const at = (step: number, action: string) => `((run) => ({
  stop: () => run.stop(),
  async *[Symbol.asyncIterator]() {
    for await (const event of run) {
      if (event.type === 'step' && event.step === ${step}) ${action};
      yield event;
    }
  },
}))`;

function run(kernel: KernelClient, code: string) {
  return kernel.request('execute_request', { code, silent: false });
}

type Result = [reason: string, steps: number[][], ...unknown[]];

function resultOf(id: string): Result {
  const text = texts(id).join('');
  return JSON.parse(/RESULT (.*)/.exec(text)![1]!);
}

test('a run that is stopped and whose kernel is killed ends with the numbers of one that never was', async () => {
  const kernel = await startKernel();
  const whole = run(kernel, cell('whole'));
  expect(await whole.done).toMatchObject({ status: 'ok' });
  const expected = resultOf(whole.id);
  expect(expected[0]).toBe('completed');
  expect(expected[1]).toHaveLength(72);

  const stopped = run(kernel, cell('first', at(8, `console.log('at step 8')`)));
  await until(stopped.id, /at step 8/);
  kernel.interrupt();
  expect(await stopped.done).toMatchObject({ status: 'ok' });
  const [reason, steps] = resultOf(stopped.id);
  expect(reason).toBe('stopped');
  expect(steps.length).toBeLessThan(60);
  expect(texts(stopped.id).join('\n')).toContain('checkpoint first/checkpoint-');

  const killed = run(kernel, cell('first', at(62, `process.kill(process.pid, 'SIGKILL')`)));
  await expect(killed.done).rejects.toThrow(KernelDied);
  expect(texts(killed.id).join('\n')).not.toContain('RESULT');

  await kernel.stop();
  const resumed = run(await startKernel(), cell('first'));
  expect(await resumed.done).toMatchObject({ status: 'ok' });
  expect(resultOf(resumed.id)).toEqual(expected);
});

test('work that tells how far it is ends at the stop button with an error that says where', async () => {
  const kernel = await startKernel();
  const { id, done } = run(
    kernel,
    `
import * as dcl from 'dcl-lab';
await dcl.engine.use({ threads: 1 });
const { train } = await dcl.data.load('mnist');
const encoder = dcl.models.resnet8({ width: 4, inputShape: train.shape });
const show = dcl.notebook.progress('Embedding');
Object.assign(globalThis, { batches: 0 });
const onProgress = (done: number, total: number) => {
  show(done, total);
  const batches = ++(globalThis as any).batches;
  if (batches === 2) console.log('begun');
};
await dcl.evaluate.embed(encoder, train, { batchSize: 32, onProgress });`,
  );
  await until(id, /begun/);
  kernel.interrupt();
  const reply = await done;
  expect(reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
  expect(reply.evalue).toMatch(/^Embedding: stopped at \d+ of 60000$/);
  const after = run(
    kernel,
    `const before = (globalThis as any).batches;
await new Promise((resolve) => setTimeout(resolve, 300));
console.log((globalThis as any).batches - before);`,
  );
  await after.done;
  expect(texts(after.id).join('')).toBe('0\n');
});
