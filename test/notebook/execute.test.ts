import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import {
  CellError,
  type ExecuteEvent,
  type ExecuteOptions,
  ExecutionStopped,
  execute,
  read,
} from '../../src/notebook/index.js';
import { notebookOf, outputsOf, printed, savedNotebook, temporaryFolder, withOutputs } from './cells.js';

/** The error that executing these cells ends with. */
async function failureOf(sources: string[], options: ExecuteOptions = {}): Promise<CellError> {
  const error = await execute(savedNotebook(notebookOf(...sources)), options).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CellError);
  return error as CellError;
}

/** Code that says again and again that it runs: progress tells what a cell prints once a second. */
const sayBegun = 'console.log("begun"); await new Promise((resolve) => setTimeout(resolve, 50));';

/** Aborts as soon as a cell says it has begun. */
function stopsOnceBegun(): ExecuteOptions {
  const controller = new AbortController();
  const onProgress = (event: ExecuteEvent) => {
    if (event.type === 'status' && event.text === 'begun') controller.abort();
  };
  return { signal: controller.signal, onProgress };
}

describe('a notebook whose cells work', () => {
  test('keeps every output in order, merges what is printed, replaces displays and reports progress', async () => {
    const events: ExecuteEvent[] = [];
    const output = join(temporaryFolder(), 'executed.ipynb');
    const path = savedNotebook(
      notebookOf(
        'for (let i = 0; i < 2000; i++) console.log(i);',
        'import { display, newDisplay } from "tslab";\nfor (let i = 0; i < 1000; i++) display.text(String(i));',
        'const place = newDisplay();\nplace.text("first");',
        'place.text("second");',
        'const bar = (text: string): void => { process.stdout.write(text); };\nbar("10 %\\r"); bar("20 %\\r"); bar("30 %\\n");',
        {
          source: 'function deep() {\n  throw new RangeError("too far");\n}\ndeep();',
          tags: ['raises-exception'],
        },
        { source: 'void Promise.reject(new Error("lost"));', tags: ['raises-exception'] },
        'for await (const text of ["after"]) console.log(text);\nconsole.error("problem");',
      ),
    );
    const notebook = await execute(path, { output, onProgress: (event) => events.push(event) });

    const lines = Array.from({ length: 2000 }, (_, i) => `${i}\n`).join('');
    expect(printed(notebook, 0)).toBe(lines);
    expect(outputsOf(notebook, 0)).toHaveLength(1);
    expect(outputsOf(notebook, 1)).toHaveLength(1000);
    expect(outputsOf(notebook, 1)[999]).toMatchObject({ data: { 'text/plain': '999' } });
    expect(outputsOf(notebook, 2)).toMatchObject([
      { output_type: 'display_data', data: { 'text/plain': 'second' } },
    ]);
    expect(outputsOf(notebook, 3)).toEqual([]);
    expect(printed(notebook, 4)).toBe('30 %\n');
    expect(outputsOf(notebook, 5)).toMatchObject([
      { output_type: 'error', ename: 'RangeError', evalue: 'too far' },
    ]);
    const { traceback } = outputsOf(notebook, 5)[0] as { traceback: readonly string[] };
    expect(traceback.join('\n')).toMatch(/RangeError: too far\n {4}at deep \(the cell\)\n {4}at the cell$/);
    expect(outputsOf(notebook, 6)).toMatchObject([{ output_type: 'error', ename: 'Error', evalue: 'lost' }]);
    expect(outputsOf(notebook, 7)).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'after\n' },
      { output_type: 'stream', name: 'stderr', text: 'problem\n' },
    ]);

    const written = await read(output);
    expect(written.cells.map((cell) => cell.cell_type === 'code' && cell.execution_count)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    const ends = events.filter((event) => event.type === 'end');
    expect(ends.map(({ cell, cells, failed }) => [cell, cells, failed])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((cell) => [cell, 8, cell === 6 || cell === 7]),
    );
  });

  test('finds dcl-lab and its packages from a folder without any, and sets parameters without changing the file', async () => {
    const path = savedNotebook(
      notebookOf(
        { source: 'const images = 60_000;\nconst name = "all";', tags: ['parameters'] },
        'import * as dcl from "dcl-lab";\nimport * as tf from "@tensorflow/tfjs";',
        'const error: Error = new dcl.InputError(name);\nconsole.log(error.message, tf.scalar(2).shape.length);',
        'const set = { images, name };\nconsole.log(set.images, set.name);',
      ),
    );
    const before = readFileSync(path, 'utf8');
    const notebook = await execute(path, { parameters: { images: 2000 } });
    expect(printed(notebook, 3)).toContain('all 0');
    expect(printed(notebook, 4)).toBe('2000 all\n');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});

describe('a notebook with a cell that fails', () => {
  test('fails for a type error, underlines it, keeps what was executed and does not run the rest', async () => {
    const output = join(temporaryFolder(), 'executed.ipynb');
    const cells = [
      'console.log("one");',
      'const even = 2;\nconst n: number = "two";',
      'console.log("three");',
    ];
    const failure = await failureOf(cells, { output });
    expect(failure).toMatchObject({ cell: 2, cellId: 'cell-2', ename: 'TypeScriptError' });
    expect(failure.traceback.join('\n')).toBe(
      "2:7 TS2322: Type 'string' is not assignable to type 'number'.\n    const n: number = \"two\";\n          ~",
    );
    expect(failure.message).toContain(cells[1]!.split('\n')[1]);
    const notebook = await read(output);
    expect(outputsOf(notebook, 0)).toMatchObject([{ text: ['one\n'] }]);
    expect(outputsOf(notebook, 1)).toMatchObject([{ output_type: 'error' }]);
    expect(outputsOf(notebook, 2)).toEqual([]);
  });

  test('fails for a rejection that nobody handles when it comes after the cell', async () => {
    const late = 'void new Promise((_, reject) => setTimeout(() => reject(new RangeError("late")), 30));';
    const wait = 'await new Promise((resolve) => setTimeout(resolve, 200));';
    expect(await failureOf([late, wait])).toMatchObject({ ename: 'RangeError', evalue: 'late' });
  });

  test('fails when a cell ends the kernel', async () => {
    const failure = await failureOf(['process.exit(3);']);
    expect(failure).toMatchObject({ ename: 'KernelDied', evalue: 'the kernel ended with exit status 3' });
  });
});

describe('stopping', () => {
  test('ends a loop that never yields after the time limit', async () => {
    const path = savedNotebook(notebookOf('while (true) {}'));
    await expect(execute(path, { cellTimeout: 1 })).rejects.toThrow(ExecutionStopped);
  });

  test('lets a cell that asked for it end by itself, and keeps its output', async () => {
    const output = join(temporaryFolder(), 'executed.ipynb');
    const host = '(globalThis as any)[Symbol.for("dcl-lab.kernel")]';
    const path = savedNotebook(
      notebookOf(
        `let stopped = false;\n${host}.onInterrupt(() => { stopped = true; });\n` +
          `while (!stopped) { ${sayBegun} }\nconsole.log("ended");`,
      ),
    );
    await expect(execute(path, { output, ...stopsOnceBegun() })).rejects.toThrow('cell 1 was stopped');
    expect(printed(await read(output), 0)).toMatch(/^(begun\n)+ended\n$/);
  });

  test('leaves the cells that were not reached as they were', async () => {
    const before = withOutputs(notebookOf('console.log("new");', `while (true) { ${sayBegun} }`, 'late();'));
    const path = savedNotebook(before);
    await expect(execute(path, { output: path, ...stopsOnceBegun() })).rejects.toThrow(ExecutionStopped);
    const after = await read(path);
    expect(printed(after, 0)).toBe('new\n');
    expect(printed(after, 1)).toContain('begun');
    expect(after.cells[2]).toMatchObject({ execution_count: 3, outputs: outputsOf(before, 2) });
  });

  test('writes nothing when no cell was reached', async () => {
    const path = savedNotebook(withOutputs(notebookOf('console.log("new");')));
    const text = readFileSync(path, 'utf8');
    const stopped = execute(path, { output: path, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow('stopped before cell 1');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('an output file that cannot be written', () => {
  const output = () => join(temporaryFolder(), 'missing', 'executed.ipynb');

  test('is named', async () => {
    const run = execute(savedNotebook(notebookOf('1 + 1;')), { output: output() });
    await expect(run).rejects.toThrow(InputError);
    await expect(run).rejects.toThrow(/cannot be written to .*executed\.ipynb: ENOENT/);
  });

  test('does not hide why a cell failed', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const failure = await failureOf(['throw new RangeError("too far");'], { output: output() });
    expect(failure.ename).toBe('RangeError');
    expect(log.mock.calls.join()).toContain('cannot be written to');
    log.mockRestore();
  });
});
