import type { JsonObject } from './protocol/message.js';

/** One output of a cell: the same thing in several forms, by MIME type; a front end shows the richest it can. */
export interface MimeBundle {
  readonly data: JsonObject;
  readonly metadata?: JsonObject;
}

/** Turns a value into the output that shows it. */
export type Presenter = (value: unknown) => Promise<MimeBundle>;

/** What the notebook's kernel offers to code that runs in a cell. */
export interface KernelHost {
  /** Adds an output to the cell, or replaces the one with the same `id`. */
  display(bundle: MimeBundle, id: string, update: boolean): void;
  /**
   * Calls `stop` at the first interrupt instead of breaking off the cell, so that it can end by itself; the second
   * interrupt breaks it off. Returns a function that takes `stop` back.
   */
  onInterrupt(stop: () => void): () => void;
  /** Keeps the cell from being reported as done before `work` has settled; if it fails, the cell does. */
  finishWith(work: Promise<void>): void;
  /**
   * True unless the notebook already holds the output of this name, which it needs only once. Once the cell that claimed it
   * runs anew or is deleted, it may be claimed again.
   */
  claim(name: string): boolean;
  /** Shows what a cell ends in, the value of its last expression, as `present` says. */
  presentResultsBy(present: Presenter): void;
}

const key = Symbol.for('dcl-lab.kernel');

/** Called by the kernel once, before the first cell. */
export function offerHost(host: KernelHost): void {
  (globalThis as Record<symbol, unknown>)[key] = host;
}

/** Undefined outside the dcl-lab kernel. */
export function kernelHost(): KernelHost | undefined {
  return (globalThis as Record<symbol, unknown>)[key] as KernelHost | undefined;
}
