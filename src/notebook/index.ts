export { type BuildOptions, build } from './format/build.js';
export { type Notebook, read, write } from './format/notebook.js';
export { fromSource, keepOutputs, toSource } from './format/source.js';
export { CellError, ExecutionStopped } from './runner/errors.js';
export { type ExecuteEvent, type ExecuteOptions, execute } from './runner/execute.js';
