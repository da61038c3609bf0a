/** The work of `embed` by several processes, of this machine or of a cluster. */
import { mkdir, realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { arrayName, runTasks, type TaskExecutor } from '../cluster/index.js';
import { InputError } from '../errors.js';
import { extractedRows, joinFeatures } from '../evaluate/index.js';
import { progress } from '../notebook/index.js';
import { onInterrupt } from '../notebook/watch/interrupt.js';
import { onDisk } from '../train/run-files.js';

export interface EmbedInParts {
  /** The folder for the features. */
  readonly output: string;
  readonly parts: number;
  readonly executor: TaskExecutor;
  /** The command's own arguments, to which `--part` and a number are added. */
  readonly args: readonly string[];
}

const program = fileURLToPath(new URL('./main.js', import.meta.url));

/** @throws InputError where tasks have left something undone */
export async function embedInParts({ output, parts, executor, args }: EmbedInParts): Promise<void> {
  await onDisk(`The folder ${output} cannot be used`, () => mkdir(output, { recursive: true }));
  const folder = await realpath(output);
  const tasks = `${folder}-tasks`;
  const stopping = new AbortController();
  const release = onInterrupt(() => stopping.abort());
  const looking = showProgress(folder, parts);
  try {
    const array = {
      name: arrayName(folder),
      purpose: `Parts of the features in ${folder}, each a share of its files.`,
      tasks: Array.from({ length: parts }, (_, part) => part),
      command: [process.execPath, program, ...args, '--part'],
      folder: tasks,
    };
    await runTasks(array, executor, stopping.signal);
  } finally {
    clearInterval(looking);
    release();
  }
  if (stopping.signal.aborted) {
    process.exitCode = 130;
    console.error('Stopped; the same command goes on with what is on disk.');
    return;
  }
  const { done, total } = await extractedRows(folder, parts);
  if (total === undefined || done < total) {
    throw new InputError(
      `${done} of ${total ?? '?'} images were embedded; what the tasks wrote is in ${tasks}. The same command goes on.`,
    );
  }
  const { count, dimension, close } = await joinFeatures(folder, parts, {
    onProgress: progress(`Joining ${parts} parts`),
  });
  await close();
  console.log(`${output}: ${count} images, ${dimension} features`);
}

function showProgress(folder: string, parts: number): NodeJS.Timeout {
  const show = progress(`Embedding into ${folder}, ${parts} parts`);
  let shown = -1;
  return setInterval(async () => {
    // A file that is being replaced on a shared disk is looked at again.
    const rows = await extractedRows(folder, parts).catch(() => undefined);
    if (rows?.total === undefined || rows.done === shown) return;
    shown = rows.done;
    show(rows.done, rows.total);
  }, 1000);
}
