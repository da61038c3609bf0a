import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { UseOptions } from '../engine/index.js';
import { InputError } from '../errors.js';
import { workerFile } from '../worker-file.js';
import type { SweepSpec } from './spec.js';
import type { SweepImages } from './trial.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** So much of what a process wrote last is told where it died, in characters. */
const lastWords = 600;

/** How a process ended without saying so. */
export interface Crash {
  readonly type: 'crashed';
  readonly reason: string;
}

type Answer = Exclude<FromWorker, { readonly type: 'loading' | 'begun' | 'step' | 'evaluating' }>;

/** A process that computes trials, seen from the sweep's side. */
export class WorkerProcess {
  #stderr = '';
  #stopped = false;
  /** After the last of its output. A process that is disconnected only exits: its `close` never comes. */
  readonly #ended: Promise<Crash>;
  readonly #exited: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.on('data', (chunk) => {
      this.#stderr = `${this.#stderr}${chunk}`.slice(-lastWords);
    });
    // What cannot be sent or started shows in how the process ends.
    child.on('error', () => {});
    this.#exited = once(child, 'exit').then(
      () => {},
      () => {},
    );
    this.#ended = once(child, 'close').then(
      ([status, signal]) => ({ type: 'crashed', reason: this.#farewell(status, signal) }),
      (error: Error) => ({ type: 'crashed', reason: `its process could not run: ${error.message}` }),
    );
  }

  static start(): WorkerProcess {
    const { url, execArgv } = workerFile('worker', import.meta.url);
    return new WorkerProcess(fork(url, { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
  }

  /**
   * Chooses the engine and loads the images.
   * @returns undefined where it was stopped meanwhile
   * @throws InputError where these cannot be used
   */
  async open(
    spec: SweepSpec,
    engine: UseOptions,
    onMessage: (message: FromWorker) => void,
  ): Promise<SweepImages | undefined> {
    const answer = await this.ask({ type: 'open', spec, engine }, onMessage);
    if (answer.type === 'ready') return answer.images;
    if (answer.type === 'unusable') throw new InputError(answer.reason);
    if (this.#stopped) return undefined;
    throw new Error(`The sweep's process ended before its first trial: ${(answer as Crash).reason}`);
  }

  /** Sends a message and waits for its answer; what is reported on the way goes to `onMessage`. */
  async ask(message: ToWorker, onMessage: (message: FromWorker) => void): Promise<Answer | Crash> {
    const listener = { receive: (_message: FromWorker) => {} };
    const answered = new Promise<Answer>((resolve) => {
      listener.receive = (received) => {
        if (isAnswer(received)) resolve(received);
        else onMessage(received);
      };
    });
    this.child.on('message', listener.receive);
    try {
      this.#send(message);
      const answer = await Promise.race([answered, this.#ended]);
      return answer.type === 'crashed' && this.#stopped ? { type: 'stopped' } : answer;
    } finally {
      this.child.off('message', listener.receive);
    }
  }

  /** Ends the process after the step under way. */
  stop(): void {
    this.#stopped = true;
    this.#send({ type: 'stop' });
  }

  /** Ends the process, which has nothing to do. */
  async close(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.#exited;
  }

  #send(message: ToWorker): void {
    if (this.child.connected) this.child.send(message, () => {});
  }

  #farewell(status: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `with status ${status}` : `by ${signal}`;
    const words = this.#stderr.trim();
    return `its process ended ${how}${words === '' ? '' : `; it wrote last: ${words}`}`;
  }
}

function isAnswer(message: FromWorker): message is Answer {
  return !['loading', 'begun', 'step', 'evaluating'].includes(message.type);
}
