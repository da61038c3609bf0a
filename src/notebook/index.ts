export { type Notebook, read, write } from './format/notebook.js';
export { CellError, ExecutionStopped } from './runner/errors.js';
export { type ExecuteEvent, type ExecuteOptions, execute } from './runner/execute.js';
