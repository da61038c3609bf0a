import type { SlurmOptions } from './slurm-options.js';
import type { TaskArray } from './task-array.js';
import { logFile, scriptFile } from './task-files.js';

/** Seconds before a task's time limit at which it is asked to leave a checkpoint. */
const grace = 120;
/** A task that ends without saying why, as one that ran out of memory does, is run so often. */
const attempts = 3;

export interface ScriptOptions {
  readonly slurm: SlurmOptions;
  /** Tasks at the same time; as many as the cluster gives by default. */
  readonly jobs?: number;
}

/**
 * A script for `sbatch`, to be read and submitted by hand as well. A task that is preempted or loses its node is requeued by
 * Slurm; before its time limit it leaves a checkpoint and requeues itself.
 */
export function slurmScript(array: TaskArray, { slurm, jobs }: ScriptOptions): string {
  const atOnce = jobs === undefined ? '' : `%${jobs}`;
  const options = Object.entries(slurm).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${quoted(String(value))}`,
  );
  const lines = [
    `--job-name=${array.name}`,
    `--array=${ranges(array.tasks)}${atOnce}`,
    `--output=${quoted(logFile(array, '%a'))}`,
    `--chdir=${quoted(process.cwd())}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${grace}`,
    // Last: one whose value is missing takes none of the above for it.
    ...options,
  ];
  return `#!/bin/bash
# ${array.purpose}
# To submit it by hand: sbatch ${quoted(scriptFile(array))}
${lines.map((line) => `#SBATCH ${line}`).join('\n')}

# The task leaves a checkpoint at SIGTERM, which Slurm sends before it takes the node away.
end() { kill -TERM "$task"; wait "$task"; }
trap 'end; exit 143' TERM
# ${grace} seconds before the time limit: go on in a new task.
trap 'end; scontrol requeue "$SLURM_JOB_ID"; exit 0' USR1

${array.command.map(quoted).join(' ')} "$SLURM_ARRAY_TASK_ID" &
task=$!
wait "$task"
status=$?

# 0 is done, 1 and 2 are failures that the task has told of; anything else, such as too little memory, is tried again.
if [ "$status" -gt 2 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${attempts - 1} ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
`;
}

/** Such as `0-3,7`: thousands of numbers fit a line. */
function ranges(tasks: readonly number[]): string {
  const found: [first: number, last: number][] = [];
  for (const task of [...tasks].sort((a, b) => a - b)) {
    const current = found.at(-1);
    if (current !== undefined && task === current[1] + 1) current[1] = task;
    else found.push([task, task]);
  }
  return found.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(',');
}

/** For a shell; what needs no quotes has none. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
