/** One of those who are measured: a process of its own, asked line by line, so that memory is its own and turns alternate. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { Command } from './commands.js';
import type { Failed } from './protocol.js';

/** Longest time that one answer may take. */
const limitSeconds = 120;

/** Megabytes of memory in use now, and the most that ever was. */
export interface Memory {
  readonly now: number;
  readonly peak: number;
}

export class Contestant {
  readonly name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #ended = new AbortController();

  constructor({ name, program, parameters }: Command) {
    this.name = name;
    this.#process = spawn(program, parameters);
    this.#process.stderr.pipe(process.stderr);
    // Who has ended takes no more requests; that its output ended says so.
    this.#process.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.once('close', () => this.#ended.abort());
  }

  /** @throws Error where the contestant says it cannot, ends, or takes too long */
  async ask<Reply extends object>(request: object): Promise<Reply> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const reply = JSON.parse(await this.#line()) as Reply | Failed;
    if ('error' in reply) throw new Error(reply.error);
    return reply;
  }

  /**
   * Resident memory as Linux counts it; undefined on other systems. `getrusage` would not do: its peak begins with that
   * of the process that started this one.
   */
  get memory(): Memory | undefined {
    if (process.platform !== 'linux') return undefined;
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    const megabytes = (field: string) =>
      (Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) * 1024) / 1e6;
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  }

  stop(): void {
    this.#process.kill();
  }

  async #line(): Promise<string> {
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(limitSeconds * 1000)]);
    try {
      const [line] = await once(this.#lines, 'line', { signal });
      return line;
    } catch {
      const { aborted } = this.#ended.signal;
      this.stop();
      throw new Error(aborted ? 'It ended before it answered.' : `It took longer than ${limitSeconds} s.`);
    }
  }
}
