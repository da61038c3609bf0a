import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
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
import { KernelProcess, type KernelProcessOptions, startLimit } from './kernel-process.js';

export interface ClientOptions extends KernelProcessOptions {
  /** Gives up when aborted before the kernel has come up; after that it is of no effect. */
  readonly signal?: AbortSignal;
  /** Called with each output and status message of the kernel, in order; what it throws ends every request. */
  onPublished(message: Message): void;
}

/** A request on its way: what is still awaited. */
interface Pending {
  replied(message: Message): void;
  idle(): void;
}

/** A kernel process of our own and the connection to it. */
export class KernelClient {
  readonly #kernel: KernelProcess;
  readonly #info: ConnectionInfo;
  readonly #session = randomUUID();
  readonly #shell = new Dealer({ linger: 0 });
  readonly #control = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ receiveHighWaterMark: 0 });
  readonly #shellOut = new Outbox(this.#shell);
  readonly #controlOut = new Outbox(this.#control);
  readonly #pending = new Map<string, Pending>();
  /** Rejects when no answer will come any more. */
  readonly #lost: Promise<never>;
  #lose: (reason: unknown) => void = () => {};

  private constructor(kernel: KernelProcess, info: ConnectionInfo) {
    this.#kernel = kernel;
    this.#info = info;
    this.#lost = new Promise((_, reject) => {
      this.#lose = reject;
    });
    this.#lost.catch(() => {});
    kernel.died.catch(this.#lose);
  }

  /** @throws KernelDied when the kernel does not come up */
  static async start(options: ClientOptions): Promise<KernelClient> {
    const { signal } = options;
    const kernel = await KernelProcess.start(options);
    let client: KernelClient | undefined;
    signal?.addEventListener('abort', kernel.kill);
    try {
      client = new KernelClient(kernel, await kernel.connection());
      await client.#connect(options.onPublished);
      return client;
    } catch (error) {
      await (client?.stop() ?? kernel.end(() => {}));
      throw error;
    } finally {
      signal?.removeEventListener('abort', kernel.kill);
    }
  }

  /** Sends a request; `done` resolves to its reply once the kernel is idle again. */
  request(type: string, content: JsonObject): { readonly id: string; readonly done: Promise<JsonObject> } {
    const message = createMessage(type, content, this.#session);
    const id = message.header.msg_id;
    const answered = new Promise<JsonObject>((resolve) => {
      let reply: Message | undefined;
      let idle = false;
      const settle = () => {
        if (reply === undefined || !idle) return;
        this.#pending.delete(id);
        resolve(reply.content);
      };
      this.#pending.set(id, {
        replied(given) {
          reply = given;
          settle();
        },
        idle() {
          idle = true;
          settle();
        },
      });
    });
    this.#shellOut.send(encodeMessage(message, this.#info.key));
    return { id, done: Promise.race([answered, this.#lost]) };
  }

  /** Breaks off the running cell. */
  interrupt(): void {
    if (process.platform === 'win32') this.#sendControl('interrupt_request', {});
    else this.#kernel.interrupt();
  }

  /** Ends the kernel, by force if it does not end by itself, and closes the connection. */
  async stop(): Promise<void> {
    await this.#kernel.end(() => this.#sendControl('shutdown_request', { restart: false }));
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket.close();
  }

  async #connect(onPublished: (message: Message) => void): Promise<void> {
    const info = this.#info;
    this.#shell.connect(address(info, info.shell_port));
    this.#control.connect(address(info, info.control_port));
    this.#iopub.connect(address(info, info.iopub_port));
    this.#iopub.subscribe();
    this.#receive(this.#shell, (message, request) => request?.replied(message));
    this.#receive(this.#control, () => {});
    this.#receive(this.#iopub, (message, request) => {
      onPublished(message);
      if (message.content.execution_state === 'idle') request?.idle();
    });
    // A subscriber misses what was published before it was connected, so ask until the answer's end is heard.
    for (const end = performance.now() + startLimit; performance.now() < end; ) {
      const { done } = this.request('kernel_info_request', {});
      if (await Promise.race([done.then(() => true), delay(500, false)])) return;
    }
    throw this.#kernel.unanswered();
  }

  /** Handles a socket's messages until it is closed; an error on the way ends every request with it. */
  #receive(
    socket: AsyncIterable<Buffer[]>,
    handle: (message: Message, request: Pending | undefined) => void,
  ): void {
    const receive = async () => {
      for await (const frames of socket) {
        const message = decodeMessage(frames, this.#info.key);
        handle(message, this.#pending.get(message.parent.msg_id ?? ''));
      }
    };
    receive().catch(this.#lose);
  }

  #sendControl(type: string, content: JsonObject): void {
    this.#controlOut.send(encodeMessage(createMessage(type, content, this.#session), this.#info.key));
  }
}
