import type { JsonObject } from '../protocol/message.js';

/** Cells are counted from 1 among the code cells. */
export type ExecuteEvent =
  | {
      readonly type: 'start';
      /** The cell under way. */
      readonly cell: number;
      /** Code cells of the notebook. */
      readonly cells: number;
      /** What stands in the cell. */
      readonly source: string;
    }
  /** The last line that a cell printed or displayed, at most once a second. */
  | {
      readonly type: 'status';
      /** The cell under way. */
      readonly cell: number;
      /** Code cells of the notebook. */
      readonly cells: number;
      /** Without colours. */
      readonly text: string;
    }
  | {
      readonly type: 'end';
      /** The cell under way. */
      readonly cell: number;
      /** Code cells of the notebook. */
      readonly cells: number;
      /** That the cell took. */
      readonly seconds: number;
      /** Whether it threw, or did not compile. */
      readonly failed: boolean;
    };

/** Milliseconds between two lines of one cell. */
const interval = 1000;

/** Tells a listener how far a notebook is. */
export class Progress {
  readonly #cells: number;
  readonly #listener: (event: ExecuteEvent) => void;
  #startedAt = 0;
  #statusAt = 0;

  constructor(cells: number, listener: (event: ExecuteEvent) => void = () => {}) {
    this.#cells = cells;
    this.#listener = listener;
  }

  start(cell: number, source: string): void {
    this.#startedAt = this.#statusAt = performance.now();
    this.#listener({ type: 'start', cell, cells: this.#cells, source });
  }

  /** Reports the last line of what a cell published, if it has text. */
  status(cell: number, content: JsonObject): void {
    const text = content.text ?? (content.data as JsonObject | undefined)?.['text/plain'];
    if (typeof text !== 'string' || performance.now() - this.#statusAt < interval) return;
    const line = text.split(/[\r\n]/).findLast((part) => part.trim() !== '');
    if (line === undefined) return;
    this.#statusAt = performance.now();
    this.#listener({ type: 'status', cell, cells: this.#cells, text: line });
  }

  end(cell: number, failed: boolean): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#listener({ type: 'end', cell, cells: this.#cells, seconds, failed });
  }
}
