import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject, Message } from '../../src/notebook/protocol/message.js';
import { KernelClient } from '../../src/notebook/runner/client.js';
import { temporaryFolder } from './cells.js';

const published: Message[] = [];
let client: KernelClient;

beforeAll(async () => {
  client = await KernelClient.start({
    directory: temporaryFolder(),
    onPublished: (message) => published.push(message),
  });
});
afterAll(() => client.stop());

function execute(
  code: string,
  options: JsonObject = {},
): { readonly id: string; readonly done: Promise<JsonObject> } {
  return client.request('execute_request', { code, silent: false, ...options });
}

test('says what it is and completes names of the library', async () => {
  const info = await client.request('kernel_info_request', {}).done;
  expect(info).toMatchObject({
    status: 'ok',
    implementation: 'dcl-lab',
    language_info: { name: 'typescript' },
  });
  const code = 'import * as dcl from "dcl-lab";\ndcl.Input';
  const { matches } = await client.request('complete_request', { code, cursor_pos: code.length }).done;
  expect(matches).toEqual(['InputError']);
});

test('drops the cells that wait behind a failed one, and runs the next at once', async () => {
  const [failing, waiting] = [execute('throw new Error("first")'), execute('console.log("second")')];
  expect(await failing.done).toMatchObject({ status: 'error', ename: 'Error', evalue: 'first' });
  expect(await waiting.done).toEqual({ status: 'aborted' });
  expect(await execute('console.log("third")').done).toMatchObject({ status: 'ok' });
});

test('runs the cells behind a failed one when the request says so', async () => {
  const [failing, waiting] = [
    execute('throw new Error("first")', { stop_on_error: false }),
    execute('1 + 1;'),
  ];
  expect(await failing.done).toMatchObject({ status: 'error' });
  expect(await waiting.done).toMatchObject({ status: 'ok' });
});

test('an interrupt ends an asynchronous cell with an error of that name', async () => {
  const { id, done } = execute('console.log("begun");\nawait new Promise(() => {});');
  await expect
    .poll(() => published.some(({ parent, header }) => parent.msg_id === id && header.msg_type === 'stream'))
    .toBe(true);
  client.interrupt();
  expect(await done).toMatchObject({ status: 'error', ename: 'Interrupted' });
  expect(await execute('const after = 1;').done).toMatchObject({ status: 'ok' });
});
