/** A run's folder holds the options of the command that began it, so that `--resume` needs no other. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import type { Run } from '../train/index.js';
import { runFiles } from '../train/run-files.js';

/** The run, which keeps `options` in its folder once that is its own: from the first checkpoint on. */
export function keepingOptions(run: Run, folder: string, options: object): Run {
  return {
    stop: () => run.stop(),
    async *[Symbol.asyncIterator]() {
      let kept = false;
      for await (const event of run) {
        if (event.type === 'checkpoint' && !kept) {
          await keep(folder, options);
          kept = true;
        }
        yield event;
      }
    },
  };
}

async function keep(folder: string, options: object): Promise<void> {
  const path = join(folder, runFiles.options);
  await writeDurably(path, `${JSON.stringify(options, null, 2)}\n`).catch((error: Error) => {
    throw new InputError(`The options cannot be kept in ${path}: ${error.message}.`);
  });
}

/**
 * The options of a resumed command: those typed now, else those kept with the run, else the defaults.
 * @throws InputError where the run has none and the command does not say on what to train
 */
export async function resumedOptions<T extends { readonly data?: string }>(
  folder: string,
  options: T,
  command: Command,
): Promise<T> {
  const kept = await keptOptions(folder);
  if (kept === undefined && options.data === undefined) {
    throw new InputError(
      `${folder} holds no run that was begun from the command line and has written a checkpoint; give all its options.`,
    );
  }
  const typed = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  return { ...options, ...kept, ...Object.fromEntries(typed) };
}

async function keptOptions(folder: string): Promise<object | undefined> {
  const path = join(folder, runFiles.options);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InputError(`The options in ${path} cannot be read: ${(error as Error).message}.`);
  }
}
