/** Where and how a cell failed. */
export interface CellErrorDetails {
  /** Number of the cell among the code cells, 1 for the first. */
  readonly cell: number;
  /** Of the cell, as the notebook has it. */
  readonly id: string;
  /** What stands in the cell. */
  readonly source: string;
  /** Name of the error, such as `TypeError`. */
  readonly ename: string;
  /** Message of the error. */
  readonly evalue: string;
  /** Stack of the error, line by line. */
  readonly traceback: readonly string[];
}

/** A cell of an executed notebook failed; the message has the cell's code and its traceback. */
export class CellError extends Error {
  override readonly name = 'CellError';
  /** Number of the cell among the code cells, 1 for the first. */
  readonly cell: number;
  /** The cell's id in the notebook file. */
  readonly cellId: string;
  /** Name of the error that the cell threw, such as `TypeError`. */
  readonly ename: string;
  /** Its message. */
  readonly evalue: string;
  /** Its stack, line by line. */
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
