import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Dealer, Subscriber } from 'zeromq';
import { address, type ConnectionInfo } from '../protocol/connection.js';
import {
  createMessage,
  decodeMessage,
  encodeMessage,
  type JsonObject,
  type Message,
} from '../protocol/message.js';
import { Outbox } from '../protocol/outbox.js';

/** The same file whether this module runs from its source or from its build. */
const kernelEntry = fileURLToPath(new URL('../../../dist/notebook/kernel/main.js', import.meta.url));
/** A kernel that has not answered after this many milliseconds will not. */
const startLimit = 30_000;
/** After this many milliseconds a kernel that was asked to end is ended. */
const endLimit = 3_000;

export interface ClientOptions {
  /** Where the kernel runs: the notebook's folder. */
  readonly directory: string;
  /** Called with each output and status message of the kernel, in order. */
  onPublished(message: Message): void;
}

/** The kernel's process ended while it was needed. */
export class KernelDied extends Error {
  override readonly name = 'KernelDied';
}

/** A kernel process of our own and the connection to it. */
export class KernelClient {
  readonly #info: ConnectionInfo;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #session = randomUUID();
  readonly #shell = new Dealer({ linger: 0 });
  readonly #control = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ receiveHighWaterMark: 0 });
  readonly #shellOut = new Outbox(this.#shell);
  readonly #controlOut = new Outbox(this.#control);
  readonly #replies = new Map<string, (message: Message) => void>();
  readonly #idles = new Map<string, () => void>();
  readonly #died: Promise<never>;
  #errors = '';

  private constructor(info: ConnectionInfo, child: ChildProcess, folder: string) {
    this.#info = info;
    this.#child = child;
    this.#folder = folder;
    this.#died = new Promise((_, reject) => {
      child.once('error', (error) =>
        reject(new KernelDied(`the kernel cannot be started: ${error.message}`)),
      );
      child.once('exit', (code, signal) => reject(new KernelDied(this.#obituary(code, signal))));
    });
    this.#died.catch(() => {});
    child.stderr?.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-4000);
    });
    process.once('exit', this.#kill);
  }

  /** @throws KernelDied when the kernel does not come up */
  static async start(options: ClientOptions): Promise<KernelClient> {
    const folder = await mkdtemp(join(tmpdir(), 'dcl-lab-kernel-'));
    const info = await freeConnection();
    const file = join(folder, 'connection.json');
    await writeFile(file, JSON.stringify(info), { mode: 0o600 });
    const child = spawn(process.execPath, [kernelEntry, '--config-path', file], {
      cwd: options.directory,
      // A process group of its own: Ctrl-C in the terminal reaches this process, which interrupts the kernel.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { DCL_LAB_PLOTLY: 'omit', ...process.env, JPY_PARENT_PID: String(process.pid) },
    });
    const client = new KernelClient(info, child, folder);
    try {
      await client.#connect(options.onPublished);
    } catch (error) {
      await client.stop();
      throw error;
    }
    return client;
  }

  /** Sends a request; `done` resolves to its reply once the kernel is idle again. */
  request(type: string, content: JsonObject): { readonly id: string; readonly done: Promise<JsonObject> } {
    const message = createMessage(type, content, this.#session);
    const id = message.header.msg_id;
    const reply = new Promise<Message>((resolve) => this.#replies.set(id, resolve));
    const idle = new Promise<void>((resolve) => this.#idles.set(id, resolve));
    this.#shellOut.send(encodeMessage(message, this.#info.key));
    const done = Promise.race([Promise.all([reply, idle]), this.#died]).then(
      ([{ content: answer }]) => answer,
    );
    return { id, done };
  }

  /** Breaks off the running cell. */
  interrupt(): void {
    if (process.platform === 'win32') this.#sendControl('interrupt_request', {});
    else this.#child.kill('SIGINT');
  }

  /** Ends the kernel, by force if it does not end by itself, and closes the connection. */
  async stop(): Promise<void> {
    process.off('exit', this.#kill);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#sendControl('shutdown_request', { restart: false });
      const ended = this.#died.catch(() => true as const);
      if ((await Promise.race([ended, delay(endLimit, false, { ref: false })])) === false) {
        this.#kill();
        await ended;
      }
    }
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #connect(onPublished: (message: Message) => void): Promise<void> {
    const info = this.#info;
    this.#shell.connect(address(info, info.shell_port));
    this.#control.connect(address(info, info.control_port));
    this.#iopub.connect(address(info, info.iopub_port));
    this.#iopub.subscribe();
    void this.#receive(this.#shell, (message) => this.#replies.get(message.parent.msg_id ?? '')?.(message));
    void this.#receive(this.#control, () => {});
    void this.#receive(this.#iopub, (message) => {
      onPublished(message);
      if (message.content.execution_state === 'idle') this.#idles.get(message.parent.msg_id ?? '')?.();
    });
    // A subscriber misses what was published before it was connected, so ask until the answer's end is heard.
    for (let waited = 0; waited < startLimit; waited += 500) {
      const { done } = this.request('kernel_info_request', {});
      if (await Promise.race([done.then(() => true), delay(500, false)])) return;
    }
    throw new KernelDied(`the kernel did not answer within ${startLimit / 1000} s\n${this.#errors}`);
  }

  async #receive(socket: AsyncIterable<Buffer[]>, handle: (message: Message) => void): Promise<void> {
    for await (const frames of socket) handle(decodeMessage(frames, this.#info.key));
  }

  #sendControl(type: string, content: JsonObject): void {
    this.#controlOut.send(encodeMessage(createMessage(type, content, this.#session), this.#info.key));
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };

  #obituary(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with exit status ${code}` : `was killed by ${signal}`;
    return `the kernel ${how}${this.#errors === '' ? '' : `\n${this.#errors.trimEnd()}`}`;
  }
}

async function freeConnection(): Promise<ConnectionInfo> {
  const servers = await Promise.all(Array.from({ length: 5 }, listenAnywhere));
  const [shell, iopub, stdin, control, heartbeat] = servers.map(({ port }) => port) as [
    number,
    number,
    number,
    number,
    number,
  ];
  await Promise.all(servers.map(({ close }) => close()));
  return {
    transport: 'tcp',
    ip: '127.0.0.1',
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: heartbeat,
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
  };
}

async function listenAnywhere(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
