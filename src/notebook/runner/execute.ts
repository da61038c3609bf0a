import { dirname, resolve } from 'node:path';
import { type Notebook, read, write } from '../format/notebook.js';
import { Execution, type ExecutionOptions } from './execution.js';
import { type Parameters, withParameters } from './parameters.js';

/** Where {@link execute} writes, with which parameters it runs, and how long it may take. */
export interface ExecuteOptions extends ExecutionOptions {
  /** Where the executed notebook is written, also if a cell fails; left out, it is only returned. */
  readonly output?: string;
  /** Set after the cell tagged `parameters`, for instance `{ images: 2000 }`. */
  readonly parameters?: Parameters;
}

/**
 * Runs a notebook's cells in order in a tslab kernel of its own, in the notebook's folder, and keeps their outputs.
 * Where it ends early, cells that were not reached keep the outputs they had; if none was, nothing is written.
 *
 * @param path Notebook file (.ipynb); it is left as it is unless `output` names it
 * @returns The executed notebook
 * @throws CellError at the first cell that fails: a type error, an exception or a rejection nobody handles, unless the
 *   cell has the tag `raises-exception`
 * @throws ExecutionStopped after an abort, Ctrl-C or `cellTimeout`
 * @throws InputError when the file is no notebook, has no such parameter, or `output` cannot be written
 */
export async function execute(path: string, options: ExecuteOptions = {}): Promise<Notebook> {
  const { output } = options;
  const execution = new Execution(withParameters(await read(path), options.parameters ?? {}), options);
  try {
    await execution.run(dirname(resolve(path)));
  } catch (error) {
    // Why the notebook ended matters more than that it could not be written besides.
    if (output !== undefined && execution.begun)
      await write(output, execution.notebook()).catch((unwritten: Error) => console.error(unwritten.message));
    throw error;
  }
  if (output !== undefined) await write(output, execution.notebook());
  return execution.notebook();
}
