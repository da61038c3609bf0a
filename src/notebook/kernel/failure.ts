import { inspect } from 'node:util';
import type { Diagnostic } from 'tslab/dist/converter.js';

/** Why a cell failed, in the fields of Jupyter's `error` message. */
export interface CellFailure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

const kernelFolder = new URL('.', import.meta.url).href;
/** Stack frames of Node and tslab, and the heading of the quoted line: both speak of compiled code. */
const hiddenLine =
  /^\s+at .*(node:internal|node:vm|node:async_hooks|tslab[\\/]dist|__tslab__)|^evalmachine\.<anonymous>:\d+$/;

/**
 * A thrown value; of its stack, the frames of the kernel, of Node and of tslab are left out. Never throws itself, also
 * where the value cannot be looked at.
 */
export function describeThrown(value: unknown): CellFailure {
  try {
    return isInterruption(value) ? failure('Interrupted', 'the cell was interrupted') : describe(value);
  } catch {
    return failure('Thrown', 'a value that cannot be printed');
  }
}

function failure(ename: string, evalue: string): CellFailure {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

function describe(value: unknown): CellFailure {
  if (!(value instanceof Error)) {
    return failure('Thrown', inspect(value));
  }
  const traceback = inspect(value)
    .split('\n')
    .filter(
      (line) =>
        !hiddenLine.test(line) && !(line.includes(kernelFolder) && line.trimStart().startsWith('at ')),
    )
    .map((line) => line.replace(/evalmachine\.<anonymous>:\d+:\d+/, 'the cell'))
    .filter((line, index, all) => line !== all[index - 1]);
  return { ename: String(value.name), evalue: String(value.message), traceback };
}

/** Type errors, each with its line of the cell underlined. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[], code: string): CellFailure {
  const lines = code.split('\n');
  const [first] = diagnostics;
  const traceback = diagnostics.flatMap((diagnostic) => {
    const { line, character } = diagnostic.start;
    const place = `${diagnostic.fileName ? `${diagnostic.fileName}:` : ''}${line + 1}:${character + 1}`;
    const message = `${place} TS${diagnostic.code}: ${diagnostic.messageText}`;
    const source = diagnostic.fileName ? undefined : lines[line];
    if (source === undefined) return [message];
    const end = diagnostic.end.line === line ? diagnostic.end.character : source.length;
    return [
      message,
      `    ${source}`,
      `    ${' '.repeat(character)}${'~'.repeat(Math.max(1, end - character))}`,
    ];
  });
  return {
    ename: 'TypeScriptError',
    evalue: first === undefined ? '' : `line ${first.start.line + 1}: ${first.messageText}`,
    traceback,
  };
}

function isInterruption(value: unknown): boolean {
  if (!(value instanceof Error)) return false;
  return (
    (value as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ||
    value.message === 'Interrupted asynchronously'
  );
}
