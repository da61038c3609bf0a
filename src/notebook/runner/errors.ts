/** Where and how a cell failed. */
export interface CellErrorDetails {
  /** Number of the cell among the code cells, 1 for the first. */
  readonly cell: number;
  readonly id: string;
  readonly source: string;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** A cell of an executed notebook failed; the message has the cell's code and its traceback. */
export class CellError extends Error {
  override readonly name = 'CellError';
  /** Number of the cell among the code cells, 1 for the first. */
  readonly cell: number;
  /** The cell's id in the notebook file. */
  readonly cellId: string;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];

  constructor(details: CellErrorDetails) {
    const { cell, id, source, ename, evalue, traceback } = details;
    const indented = source.replaceAll(/^/gm, '    ');
    super(`cell ${cell} (${id}) failed with ${ename}: ${evalue}\n\n${indented}\n\n${traceback.join('\n')}`);
    this.cell = cell;
    this.cellId = id;
    this.ename = ename;
    this.evalue = evalue;
    this.traceback = traceback;
  }
}

/** A notebook was stopped before its end. */
export class ExecutionStopped extends Error {
  override readonly name = 'ExecutionStopped';
  /** `stopped` by Ctrl-C or an abort signal, or `late`: a cell took longer than its time limit. */
  readonly reason: 'stopped' | 'late';

  constructor(message: string, reason: 'stopped' | 'late') {
    super(message);
    this.reason = reason;
  }
}
