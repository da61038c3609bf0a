import { randomUUID } from 'node:crypto';
import { Publisher, Reply, Router, type Socket } from 'zeromq';
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

  /** Listens from now on; returns the connection with the ports that the system chose. */
  async bind(): Promise<ConnectionInfo> {
    const { shell_port, iopub_port, stdin_port, control_port, hb_port } = this.#info;
    return {
      ...this.#info,
      iopub_port: await this.#bindTo(this.#iopub, iopub_port),
      shell_port: await this.#bindTo(this.#shell, shell_port),
      control_port: await this.#bindTo(this.#control, control_port),
      stdin_port: await this.#bindTo(this.#stdin, stdin_port),
      hb_port: await this.#bindTo(this.#heartbeat, hb_port),
    };
  }

  /** Answers every request by `handle` until closed. */
  async serve(handle: Handler): Promise<void> {
    await Promise.all([this.#serve(this.#shell, handle), this.#serve(this.#control, handle), this.#beat()]);
  }

  /** Sends what is still queued, then closes the sockets. */
  async close(): Promise<void> {
    await this.#published.flush();
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#heartbeat, this.#iopub])
      socket.close();
  }

  async #bindTo(socket: Socket, port: number): Promise<number> {
    await socket.bind(address(this.#info, port));
    return port === 0 ? Number(/\d+$/.exec(socket.lastEndpoint ?? '')?.[0]) : port;
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
