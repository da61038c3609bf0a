import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { KernelHost, MimeBundle, Presenter } from '../host.js';
import type { JsonObject } from '../protocol/message.js';
import { CellOutput, type Publish, type StreamName } from './cell-output.js';
import { Claims } from './claims.js';
import { type CellFailure, describeThrown } from './failure.js';
import type { Language } from './language.js';
import { bundleOf } from './result.js';

/** One execute_request: the code, where its outputs go and who is told the end. */
export interface CellRequest {
  readonly code: string;
  /** Whether requests that wait behind this one are dropped if it fails. */
  readonly stopOnError: boolean;
  /** The front end's name for the cell, and for those deleted since the last request. */
  readonly cell?: string | undefined;
  readonly deletedCells?: readonly unknown[] | undefined;
  publish(type: string, content: JsonObject): void;
  reply(content: JsonObject): void;
}

/** Requests that arrive within this many milliseconds of a failure were sent before it was known. */
const abortWindow = 50;

/** Runs cells one after the other and gives each its outputs, its errors and its end. */
export class Session implements KernelHost {
  readonly #language: Language;
  readonly #waiting: CellRequest[] = [];
  readonly #stops = new Set<() => void>();
  readonly #claims = new Claims();
  #cell: string | undefined;
  /** The output of the cell that began the work under way, which may be an earlier one than that which runs. */
  readonly #origin = new AsyncLocalStorage<CellOutput>();
  #count = 0;
  #working = false;
  #running = false;
  #interrupted = false;
  #failure: CellFailure | undefined;
  #unfinished: Promise<void>[] = [];
  /** Of the cell that runs, or ran last. */
  #output: CellOutput | undefined;
  #present: Presenter | undefined;

  constructor(language: Language) {
    this.#language = language;
    language.setDisplay((message, update) =>
      this.#outputNow()?.publish(update ? 'update_display_data' : 'display_data', { ...message }),
    );
  }

  submit(request: CellRequest): void {
    this.#waiting.push(request);
    if (!this.#working) void this.#work();
  }

  /** Whether a cell runs or waits. */
  get busy(): boolean {
    return this.#working;
  }

  /** Printed text goes to the cell that began what prints it. False before the first cell. */
  write(name: StreamName, text: string): boolean {
    const output = this.#outputNow();
    output?.write(name, text);
    return output !== undefined;
  }

  /** An error nobody caught: a rejected promise without a handler, or one thrown in a callback. */
  uncaught(reason: unknown): void {
    const failure = describeThrown(reason);
    const output = this.#outputNow();
    if (output === undefined) process.stderr.write(`${failure.traceback.join('\n')}\n`);
    else this.#fail(failure, output);
  }

  /** What a cell cannot go on after: it is told and ends. */
  breakOff(error: Error): void {
    this.uncaught(error);
    this.#language.interrupt();
  }

  interrupt(): void {
    if (!this.#running) return;
    const again = this.#interrupted;
    this.#interrupted = true;
    if (again || this.#stops.size === 0) this.#language.interrupt();
    else for (const stop of this.#stops) stop();
  }

  display(bundle: MimeBundle, id: string, update: boolean): void {
    this.#outputNow()?.publish(update ? 'update_display_data' : 'display_data', {
      data: bundle.data,
      metadata: bundle.metadata ?? {},
      transient: { display_id: id },
    });
  }

  onInterrupt(stop: () => void): () => void {
    this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }

  finishWith(work: Promise<void>): void {
    this.#unfinished.push(work);
  }

  claim(name: string): boolean {
    return this.#claims.claim(name, this.#cell);
  }

  presentResultsBy(present: Presenter): void {
    this.#present = present;
  }

  #outputNow(): CellOutput | undefined {
    return this.#origin.getStore() ?? this.#output;
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
        await this.#execute(request);
      }
    } finally {
      this.#working = false;
    }
  }

  /** Whatever happens in the cell, who asked is told its end: a front end would wait for it forever. */
  async #execute(request: CellRequest): Promise<void> {
    const count = ++this.#count;
    request.publish('status', { execution_state: 'busy' });
    request.publish('execute_input', { code: request.code, execution_count: count });
    const output = new CellOutput(request.publish as Publish);
    this.#begin(output);
    this.#cell = request.cell;
    this.#claims.release([request.cell, ...(request.deletedCells ?? [])]);
    try {
      await this.#origin.run(output, () => this.#run(request.code, count, output));
    } catch (error) {
      this.#fail(describeThrown(error), output);
    } finally {
      output.flush();
      this.#running = false;
    }
    const failed = this.#failure;
    if ((failed !== undefined && request.stopOnError) || this.#interrupted) await this.#dropWaiting();
    request.reply(
      failed === undefined
        ? { status: 'ok', execution_count: count, payload: [], user_expressions: {} }
        : { status: 'error', execution_count: count, ...failed },
    );
    request.publish('status', { execution_state: 'idle' });
  }

  #begin(output: CellOutput): void {
    this.#output?.flush();
    this.#output = output;
    this.#failure = undefined;
    this.#interrupted = false;
    this.#unfinished = [];
    this.#stops.clear();
    this.#running = true;
  }

  async #run(code: string, count: number, output: CellOutput): Promise<void> {
    const { failure, value } = await this.#language.run(code);
    await this.#settle(output);
    if (failure !== undefined) this.#fail(failure, output);
    if (value === undefined || value === null) return;
    const { data, metadata = {} } = await bundleOf(value, this.#present);
    output.publish('execute_result', { data, metadata, execution_count: count });
  }

  /** Waits for the work that belongs to the cell, and for rejections of promises that the cell left alone. */
  async #settle(output: CellOutput): Promise<void> {
    while (this.#unfinished.length > 0) {
      for (const result of await Promise.allSettled(this.#unfinished.splice(0))) {
        if (result.status === 'rejected') this.#fail(describeThrown(result.reason), output);
      }
    }
    await nextTurn();
    await nextTurn();
  }

  /** The first failure of the cell that runs is the one its reply names; each is shown, where it comes from. */
  #fail(failure: CellFailure, output: CellOutput): void {
    if (output === this.#output) this.#failure ??= failure;
    output.publish('error', { ...failure });
  }

  async #dropWaiting(): Promise<void> {
    await delay(abortWindow);
    for (const request of this.#waiting.splice(0)) {
      request.publish('status', { execution_state: 'busy' });
      request.reply({ status: 'aborted' });
      request.publish('status', { execution_state: 'idle' });
    }
  }
}
