import './display/result.js';

export { type EmbeddingMap, type EmbeddingMapOptions, embeddingMap } from './display/embedding-map.js';
export type { ImageSheet } from './display/image-sheet.js';
export { type ImageGrid, type ImagesOptions, images } from './display/images.js';
export type { PointImages } from './display/page/waiting-figure.js';
export { plotlyScript } from './display/plotly-script.js';
export { type Showable, show } from './display/show.js';
export type { TableLike } from './display/table.js';
export { type SaveFiguresOptions, saveFigures } from './export/save-figures.js';
export { type BuildOptions, build } from './format/build.js';
export {
  type Cell,
  type CellMetadata,
  type CodeCell,
  type Notebook,
  type Output,
  read,
  type TextCell,
  write,
} from './format/notebook.js';
export { fromSource, keepOutputs, toSource } from './format/source.js';
export { type PageOptions, toHtml } from './html/page.js';
export { installKernel, type KernelInstallOptions, uninstallKernel } from './kernel/install.js';
export { startKernel } from './kernel/start.js';
export { type LabOptions, startLab } from './lab/lab.js';
export type { Json, JsonObject } from './protocol/message.js';
export { CellError, type CellErrorDetails, ExecutionStopped } from './runner/errors.js';
export { type ExecuteOptions, execute } from './runner/execute.js';
export type { ExecutionOptions } from './runner/execution.js';
export { KernelDied } from './runner/kernel-process.js';
export type { ExecuteEvent } from './runner/progress.js';
export type { RunHistory } from './watch/history.js';
export { type ProgressLine, progress } from './watch/progress.js';
export { saveSweep } from './watch/save-sweep.js';
export { watch } from './watch/watch.js';
export { watchEvaluation } from './watch/watch-evaluation.js';
export { type SweepOutcome, watchSweep } from './watch/watch-sweep.js';
