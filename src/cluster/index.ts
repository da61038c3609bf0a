export { arrayName } from './array-name.js';
export { runTasks, type TaskExecutor } from './run-tasks.js';
export { isAtWork, submitMissing, type TaskState, watchTasks } from './slurm.js';
export { requireSlurmOptions, type SlurmOptions } from './slurm-options.js';
export { type ScriptOptions, slurmScript } from './slurm-script.js';
export type { TaskArray } from './task-array.js';
export { logFile } from './task-files.js';
