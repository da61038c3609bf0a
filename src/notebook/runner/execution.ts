import { setTimeout as delay } from 'node:timers/promises';
import { type CodeCell, joined, type Notebook, type Output } from '../format/notebook.js';
import type { JsonObject, Message } from '../protocol/message.js';
import { KernelClient } from './client.js';
import { CellError, ExecutionStopped } from './errors.js';
import { KernelDied } from './kernel-process.js';
import { hasTag } from './parameters.js';
import { type ExecuteEvent, Progress } from './progress.js';
import { Recorder } from './recorder.js';
import { firstOf, stopSignal } from './stopping.js';

/** How long cells may take, what stops them, and who is told. */
export interface ExecutionOptions {
  /** Seconds that one cell may take; no limit by default. */
  readonly cellTimeout?: number;
  /** Stops the notebook when aborted. Left out, Ctrl-C (SIGINT) does. */
  readonly signal?: AbortSignal;
  /** What it throws ends the notebook. */
  readonly onProgress?: (event: ExecuteEvent) => void;
}

/** Milliseconds that an interrupted cell has to end. */
const interruptLimit = 5_000;

/** A code cell and, once it was sent to the kernel, what came of it: `outputs` grows while it runs. */
interface RunningCell {
  readonly cell: CodeCell;
  readonly number: number;
  readonly outputs: Output[];
  begun: boolean;
  count: number | null;
}

/** One run of a notebook through a kernel of its own. */
export class Execution {
  readonly #source: Notebook;
  readonly #options: ExecutionOptions;
  readonly #cells: readonly RunningCell[];
  readonly #progress: Progress;
  readonly #recorder = new Recorder();
  readonly #byRequest = new Map<string, RunningCell>();

  constructor(source: Notebook, options: ExecutionOptions) {
    this.#source = source;
    this.#options = options;
    this.#cells = source.cells
      .filter((cell) => cell.cell_type === 'code')
      .map((cell, index) => ({ cell, number: index + 1, outputs: [], begun: false, count: null }));
    this.#progress = new Progress(this.#cells.length, options.onProgress);
  }

  async run(directory: string): Promise<void> {
    const stop = stopSignal(this.#options.signal);
    try {
      const client = await this.#startKernel(directory, stop.signal);
      await this.#runCells(client, stop.signal).finally(() => client.stop());
    } finally {
      stop.release();
    }
  }

  /** Whether any cell was sent to the kernel. */
  get begun(): boolean {
    return this.#cells.some((running) => running.begun);
  }

  /** The notebook as it stands: cells that have not begun are as they were. */
  notebook(): Notebook {
    const executed = new Map<unknown, RunningCell>(this.#cells.map((running) => [running.cell, running]));
    return {
      ...this.#source,
      cells: this.#source.cells.map((cell) => {
        const running = executed.get(cell);
        if (cell.cell_type !== 'code' || !running?.begun) return cell;
        return { ...cell, execution_count: running.count, outputs: [...running.outputs] };
      }),
    };
  }

  async #startKernel(directory: string, signal: AbortSignal): Promise<KernelClient> {
    const onPublished = (message: Message) => this.#record(message);
    try {
      return await KernelClient.start({ directory, signal, onPublished });
    } catch (error) {
      throw signal.aborted ? new ExecutionStopped('stopped before cell 1', 'stopped') : error;
    }
  }

  async #runCells(client: KernelClient, stop: AbortSignal): Promise<void> {
    for (const running of this.#cells) await this.#runCell(client, running, stop);
    // A last exchange: what was published before it, such as a late rejection, has then been recorded.
    await client.request('kernel_info_request', {}).done;
    for (const running of this.#cells) this.#check(running);
  }

  async #runCell(client: KernelClient, running: RunningCell, stop: AbortSignal): Promise<void> {
    if (stop.aborted) throw new ExecutionStopped(`stopped before cell ${running.number}`, 'stopped');
    const code = joined(running.cell.source);
    this.#progress.start(running.number, code);
    running.begun = true;
    const request = client.request('execute_request', {
      code,
      silent: false,
      store_history: true,
      allow_stdin: false,
    });
    this.#byRequest.set(request.id, running);
    const reply = await this.#orStop(client, running, request.done, stop).catch((error: unknown) => {
      if (!(error instanceof KernelDied)) throw error;
      const { name: ename, message: evalue } = error;
      const failure = { output_type: 'error', ename, evalue, traceback: [evalue] } as const;
      running.outputs.push(failure);
      throw cellError(running, failure);
    });
    this.#progress.end(running.number, reply.status !== 'ok');
    this.#check(running);
  }

  /** Waits for the cell's end; after an abort or the time limit, interrupts it and throws. */
  async #orStop(
    client: KernelClient,
    running: RunningCell,
    done: Promise<JsonObject>,
    stop: AbortSignal,
  ): Promise<JsonObject> {
    const limit = this.#options.cellTimeout;
    const outcome = await firstOf(done, stop, limit);
    if (typeof outcome === 'object') return outcome.done;
    await this.#interrupt(client, done);
    const how = outcome === 'late' ? `ran longer than ${limit} s` : 'was stopped';
    throw new ExecutionStopped(`cell ${running.number} ${how}`, outcome);
  }

  /** The first interrupt lets a cell that can end by itself do so; the second breaks it off. */
  async #interrupt(client: KernelClient, done: Promise<JsonObject>): Promise<void> {
    const ended = done.then(
      () => true,
      () => true,
    );
    for (let attempt = 0; attempt < 2; attempt++) {
      client.interrupt();
      if (await Promise.race([ended, delay(interruptLimit, false, { ref: false })])) return;
    }
  }

  #record(message: Message): void {
    const running = this.#byRequest.get(message.parent.msg_id ?? '');
    if (running === undefined) return;
    const { msg_type: type } = message.header;
    if (type === 'execute_input') running.count = message.content.execution_count as number;
    else this.#recorder.record(running.outputs, type, message.content);
    this.#progress.status(running.number, message.content);
  }

  #check(running: RunningCell): void {
    if (hasTag(running.cell, 'raises-exception')) return;
    const failure = running.outputs.find((output) => output.output_type === 'error');
    if (failure !== undefined) throw cellError(running, failure);
  }
}

type Failure = Extract<Output, { output_type: 'error' }>;

function cellError({ cell, number }: RunningCell, failure: Failure): CellError {
  return new CellError({ ...failure, cell: number, id: cell.id, source: joined(cell.source) });
}
