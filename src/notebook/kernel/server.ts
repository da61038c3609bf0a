import { randomUUID } from 'node:crypto';
import { Publisher, Reply, Router } from 'zeromq';
import { address, type ConnectionInfo } from '../protocol/connection.js';
import {
  createMessage,
  decodeMessage,
  encodeMessage,
  type JsonObject,
  type Message,
} from '../protocol/message.js';
import { Outbox } from '../protocol/outbox.js';

/** Answers one request: `reply` to who asked, `publish` to every front end. */
export interface Exchange {
  readonly request: Message;
  reply(content: JsonObject): void;
  publish(type: string, content: JsonObject): void;
}

export type Handler = (exchange: Exchange) => void;

/** The five sockets of a kernel. */
export class KernelServer {
  readonly #info: ConnectionInfo;
  readonly #session = randomUUID();
  readonly #shell = new Router({ sendHighWaterMark: 0 });
  readonly #control = new Router({ sendHighWaterMark: 0 });
  readonly #stdin = new Router();
  readonly #heartbeat = new Reply();
  // Without a limit, so that a burst of outputs is not silently cut.
  readonly #iopub = new Publisher({ sendHighWaterMark: 0 });
  readonly #published = new Outbox(this.#iopub);

  constructor(info: ConnectionInfo) {
    this.#info = info;
  }

  /** Binds and then answers every request by `handle` until closed. */
  async listen(handle: Handler): Promise<void> {
    const info = this.#info;
    await Promise.all([
      this.#iopub.bind(address(info, info.iopub_port)),
      this.#shell.bind(address(info, info.shell_port)),
      this.#control.bind(address(info, info.control_port)),
      this.#stdin.bind(address(info, info.stdin_port)),
      this.#heartbeat.bind(address(info, info.hb_port)),
    ]);
    await Promise.all([this.#serve(this.#shell, handle), this.#serve(this.#control, handle), this.#beat()]);
  }

  /** Sends what is still queued, then closes the sockets. */
  async close(): Promise<void> {
    await this.#published.flush();
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#heartbeat, this.#iopub])
      socket.close();
  }

  async #serve(socket: Router, handle: Handler): Promise<void> {
    const replies = new Outbox(socket);
    for await (const frames of socket) {
      const request = this.#decode(frames);
      if (request === undefined) continue;
      handle({
        request,
        reply: (content) => {
          const type = request.header.msg_type.replace(/_request$/, '_reply');
          replies.send(this.#encode(createMessage(type, content, this.#session, request)));
        },
        publish: (type, content) => {
          const message = createMessage(type, content, this.#session, request);
          this.#published.send(this.#encode({ ...message, identities: [Buffer.from(type)] }));
        },
      });
    }
  }

  async #beat(): Promise<void> {
    for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
  }

  /** What is no message, or is signed by another key, is dropped: it must not end the kernel. */
  #decode(frames: Buffer[]): Message | undefined {
    try {
      return decodeMessage(frames, this.#info.key);
    } catch (error) {
      console.error(`The kernel ignored a message: ${(error as Error).message}`);
      return undefined;
    }
  }

  #encode(message: Message): Buffer[] {
    return encodeMessage(message, this.#info.key);
  }
}
