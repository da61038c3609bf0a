export { liveTasks, submit, type TaskState, writeScript } from './slurm.js';
export { requireSlurmOptions, type SlurmOptions } from './slurm-options.js';
export { logFile, type ScriptOptions, slurmScript } from './slurm-script.js';
export type { TaskArray } from './task-array.js';
