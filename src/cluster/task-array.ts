/** The same command for each of several numbers: what clusters call a job array. */
export interface TaskArray {
  /** Tells this work from any other of the user's, so that it is found again and not submitted twice. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly purpose: string;
  /** Numbers of the tasks. */
  readonly tasks: readonly number[];
  /** Program and arguments; a task's number comes after them. */
  readonly command: readonly string[];
  /** For the script and the tasks' output. */
  readonly folder: string;
}
