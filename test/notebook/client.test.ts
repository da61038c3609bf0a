import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JsonObject, Message } from '../../src/notebook/protocol/message.js';
import { KernelClient } from '../../src/notebook/runner/client.js';
import { KernelDied } from '../../src/notebook/runner/kernel-process.js';
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

/** Resolves once a cell has printed something. */
async function printed(id: string): Promise<string> {
  for (;;) {
    const found = published.find(
      ({ parent, header }) => parent.msg_id === id && header.msg_type === 'stream',
    );
    if (found !== undefined) return found.content.text as string;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
  await printed(id);
  client.interrupt();
  expect(await done).toMatchObject({ status: 'error', ename: 'Interrupted' });
  expect(await execute('const after = 1;').done).toMatchObject({ status: 'ok' });
});

test('what listens to the kernel may fail: that ends the request, and the kernel can still be stopped', async () => {
  const other = await KernelClient.start({
    directory: temporaryFolder(),
    onPublished({ header }) {
      if (header.msg_type === 'stream') throw new Error('the listener failed');
    },
  });
  const { done } = other.request('execute_request', { code: 'console.log("heard");', silent: false });
  await expect(done).rejects.toThrow('the listener failed');
  await other.stop();
});

test.skipIf(process.platform === 'win32')('a process that a cell started ends with the kernel', async () => {
  const directory = temporaryFolder();
  const texts: string[] = [];
  const other = await KernelClient.start({
    directory,
    onPublished: ({ header, content }) => {
      if (header.msg_type === 'stream') texts.push(content.text as string);
    },
  });
  const code =
    'import { spawn } from "child_process";\nconsole.log(spawn("sleep", ["600"], { stdio: "ignore" }).pid);';
  await other.request('execute_request', { code, silent: false }).done;
  const pid = Number(texts.join(''));
  expect(isRunning(pid)).toBe(true);
  await other.stop();
  await vi.waitUntil(() => !isRunning(pid), { timeout: 30_000 });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // An ended process that nobody has asked about is still listed, as a zombie.
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
}

/** A kernel that listens like any other but publishes what its key did not sign. */
const forger = `
  import { readFileSync, renameSync, writeFileSync } from 'node:fs';
  import { Publisher, Router } from 'zeromq';
  const info = JSON.parse(readFileSync(process.argv[1], 'utf8'));
  const iopub = new Publisher();
  const sockets = { iopub_port: iopub };
  for (const name of ['shell_port', 'control_port', 'stdin_port', 'hb_port']) sockets[name] = new Router();
  for (const [name, socket] of Object.entries(sockets)) {
    await socket.bind('tcp://127.0.0.1:0');
    info[name] = Number(socket.lastEndpoint.split(':').at(-1));
  }
  writeFileSync(process.argv[1] + '.new', JSON.stringify(info));
  renameSync(process.argv[1] + '.new', process.argv[1]);
  setInterval(() => iopub.send(['status', '<IDS|MSG>', 'forged', '{}', '{}', '{}', '{}']), 50);
`;

test('a message with a wrong signature ends what waits for an answer', async () => {
  const starting = KernelClient.start({
    directory: process.cwd(),
    command: [process.execPath, '--input-type=module', '--eval', forger, '{connection_file}'],
    onPublished: () => {},
  });
  await expect(starting).rejects.toThrow('the signature of a Jupyter message does not match its key');
});

test('a kernel that does not come up need not be waited for', async () => {
  const silent = [process.execPath, '--eval', 'setInterval(() => {}, 1000)'];
  const starting = KernelClient.start({
    directory: temporaryFolder(),
    command: silent,
    signal: AbortSignal.timeout(500),
    onPublished: () => {},
  });
  await expect(starting).rejects.toThrow(KernelDied);
});

test('a kernel that cannot be started leaves no file with its key', async () => {
  const folder = temporaryFolder();
  vi.stubEnv('TMPDIR', folder);
  await expect(KernelClient.start({ directory: 'a\0b', onPublished: () => {} })).rejects.toThrow(
    'null bytes',
  );
  const ended = [process.execPath, '--eval', 'process.exit(4)'];
  const directory = temporaryFolder();
  await expect(KernelClient.start({ directory, command: ended, onPublished: () => {} })).rejects.toThrow(
    'the kernel ended with exit status 4',
  );
  vi.unstubAllEnvs();
  expect(readdirSync(folder).filter((name) => name.startsWith('dcl-lab-kernel-'))).toEqual([]);
});
