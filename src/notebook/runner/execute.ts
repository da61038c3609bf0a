import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CodeCell, joined, type Notebook, type Output, read, write } from '../format/notebook.js';
import type { JsonObject, Message } from '../protocol/message.js';
import { KernelClient, KernelDied } from './client.js';
import { CellError, ExecutionStopped } from './errors.js';
import { hasTag, type Parameters, withParameters } from './parameters.js';
import { Recorder } from './recorder.js';
import { firstOf, stopSignal } from './stopping.js';

export interface ExecuteOptions {
  /** Where the executed notebook is written, also if a cell fails; left out, it is only returned. */
  readonly output?: string;
  /** Set after the cell tagged `parameters`, for instance `{ images: 2000 }`. */
  readonly parameters?: Parameters;
  /** Seconds that one cell may take; no limit by default. */
  readonly cellTimeout?: number;
  /** Stops the notebook when aborted. Left out, Ctrl-C (SIGINT) does. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ExecuteEvent) => void;
}

/** Cells are counted from 1 among the code cells. */
export type ExecuteEvent =
  | { readonly type: 'start'; readonly cell: number; readonly cells: number; readonly source: string }
  /** The last line that a cell printed or displayed, at most once a second. */
  | { readonly type: 'status'; readonly cell: number; readonly cells: number; readonly text: string }
  | {
      readonly type: 'end';
      readonly cell: number;
      readonly cells: number;
      readonly seconds: number;
      readonly failed: boolean;
    };

/** Milliseconds that an interrupted cell has to end. */
const interruptLimit = 5_000;

/**
 * Runs a notebook's cells in order in a tslab kernel of its own, in the notebook's folder, and keeps their outputs.
 *
 * @param path Notebook file (.ipynb); it is left as it is unless `output` names it
 * @returns The executed notebook
 * @throws CellError at the first cell that fails: a type error, an exception or a rejection nobody handles, unless the
 *   cell has the tag `raises-exception`
 * @throws ExecutionStopped after an abort, Ctrl-C or `cellTimeout`
 * @throws InputError when the file is no notebook, or has no such parameter
 */
export async function execute(path: string, options: ExecuteOptions = {}): Promise<Notebook> {
  const notebook = withParameters(await read(path), options.parameters ?? {});
  const execution = new Execution(notebook, options);
  try {
    await execution.run(dirname(resolve(path)));
  } finally {
    if (options.output !== undefined) await write(options.output, execution.notebook());
  }
  return execution.notebook();
}

/** A code cell on its way: `outputs` grows while it runs. */
interface RunningCell {
  readonly cell: CodeCell;
  readonly number: number;
  readonly outputs: Output[];
  count: number | null;
}

class Execution {
  readonly #source: Notebook;
  readonly #options: ExecuteOptions;
  readonly #cells: readonly RunningCell[];
  readonly #recorder = new Recorder();
  readonly #byRequest = new Map<string, RunningCell>();
  #statusAt = 0;

  constructor(source: Notebook, options: ExecuteOptions) {
    this.#source = source;
    this.#options = options;
    this.#cells = source.cells
      .filter((cell) => cell.cell_type === 'code')
      .map((cell, index) => ({ cell, number: index + 1, outputs: [], count: null }));
  }

  async run(directory: string): Promise<void> {
    const stop = stopSignal(this.#options.signal);
    try {
      const client = await KernelClient.start({ directory, onPublished: (message) => this.#record(message) });
      await this.#runCells(client, stop.signal).finally(() => client.stop());
    } finally {
      stop.release();
    }
  }

  notebook(): Notebook {
    const executed = new Map(this.#cells.map((running) => [running.cell, running]));
    return {
      ...this.#source,
      cells: this.#source.cells.map((cell) => {
        if (cell.cell_type !== 'code') return cell;
        const { count, outputs } = executed.get(cell) as RunningCell;
        return { ...cell, execution_count: count, outputs: [...outputs] };
      }),
    };
  }

  async #runCells(client: KernelClient, stop: AbortSignal): Promise<void> {
    for (const running of this.#cells) await this.#runCell(client, running, stop);
    // A last exchange: what was published before it, such as a late rejection, has then been recorded.
    await client.request('kernel_info_request', {}).done;
    for (const running of this.#cells) this.#check(running);
  }

  async #runCell(client: KernelClient, running: RunningCell, stop: AbortSignal): Promise<void> {
    if (stop.aborted) throw new ExecutionStopped(`stopped before cell ${running.number}`);
    const code = joined(running.cell.source);
    const cells = this.#cells.length;
    const progress = this.#options.onProgress;
    progress?.({ type: 'start', cell: running.number, cells, source: code });
    const started = performance.now();
    this.#statusAt = Date.now();
    const request = client.request('execute_request', {
      code,
      silent: false,
      store_history: true,
      allow_stdin: false,
    });
    this.#byRequest.set(request.id, running);
    let reply: JsonObject;
    try {
      reply = await this.#orStop(client, running, request.done, stop);
    } catch (error) {
      if (!(error instanceof KernelDied)) throw error;
      throw new CellError({
        ...where(running),
        ename: 'KernelDied',
        evalue: error.message,
        traceback: [error.message],
      });
    }
    const failed = reply.status !== 'ok';
    const seconds = (performance.now() - started) / 1000;
    progress?.({ type: 'end', cell: running.number, cells, seconds, failed });
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
    const reason = outcome === 'late' ? `ran longer than ${limit} s` : 'was stopped';
    throw new ExecutionStopped(`cell ${running.number} ${reason}`);
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
    this.#reportStatus(running, message.content);
  }

  #reportStatus(running: RunningCell, content: JsonObject): void {
    const text = content.text ?? (content.data as JsonObject | undefined)?.['text/plain'];
    if (typeof text !== 'string' || Date.now() - this.#statusAt < 1000) return;
    const line = text.split(/[\r\n]/).findLast((part) => part.trim() !== '');
    if (line === undefined) return;
    this.#statusAt = Date.now();
    this.#options.onProgress?.({
      type: 'status',
      cell: running.number,
      cells: this.#cells.length,
      text: line,
    });
  }

  #check(running: RunningCell): void {
    if (hasTag(running.cell, 'raises-exception')) return;
    const failure = running.outputs.find((output) => output.output_type === 'error');
    if (failure !== undefined) throw new CellError({ ...where(running), ...failure });
  }
}

function where(running: RunningCell): { cell: number; id: string; source: string } {
  return { cell: running.number, id: running.cell.id, source: joined(running.cell.source) };
}
