import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { runFiles } from './run-files.js';

/** Everything that a run's numbers depend on; `engine`, on which only their rounding does, is not compared on resume. */
export type RunSettings = Readonly<Record<string, unknown>>;

/**
 * The settings a run was started with.
 * @throws InputError where the folder holds no run, or its settings cannot be read
 */
export async function readRunSettings(folder: string): Promise<RunSettings> {
  try {
    return JSON.parse(await readFile(join(folder, runFiles.settings), 'utf8'));
  } catch (error) {
    throw new InputError(`${folder} holds no readable run (${(error as Error).message}).`);
  }
}

/** @throws InputError listing the settings that are not those of the folder's run */
export async function requireSameSettings(folder: string, now: RunSettings): Promise<void> {
  const before = await readRunSettings(folder);
  const differences = differing(before, now).filter(({ key }) => key !== 'engine');
  if (differences.length > 0) {
    const list = differences.map(({ key, was, is }) => `${key} was ${was}, now ${is}`).join('; ');
    throw new InputError(
      `${folder} holds a run with other settings, so it cannot be resumed: ${list}. ` +
        'Give the same settings or another folder.',
    );
  }
  for (const { was, is } of differing({ engine: before.engine }, { engine: now.engine })) {
    console.warn(
      `${folder} was begun with the engine ${was} and goes on with ${is}: rounding differs, and with it the last digits.`,
    );
  }
}

function differing(before: RunSettings, now: RunSettings) {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .map((key) => ({ key, was: JSON.stringify(before[key]), is: JSON.stringify(now[key]) }))
    .filter(({ was, is }) => was !== is);
}
