import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CellError, type ExecuteEvent, ExecutionStopped, execute, read } from '../../src/notebook/index.js';
import { notebookOf, outputsOf, printed, savedNotebook, temporaryFolder } from './cells.js';

/** The error that executing these cells ends with. */
async function failureOf(...sources: string[]): Promise<CellError> {
  const error = await execute(savedNotebook(notebookOf(...sources))).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CellError);
  return error as CellError;
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
    expect(outputsOf(notebook, 6)).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'after\n' },
      { output_type: 'stream', name: 'stderr', text: 'problem\n' },
    ]);

    const written = await read(output);
    expect(written.cells.map((cell) => cell.cell_type === 'code' && cell.execution_count)).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ]);
    const ends = events.filter((event) => event.type === 'end');
    expect(ends.map(({ cell, cells, failed }) => [cell, cells, failed])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((cell) => [cell, 7, cell === 6]),
    );
  });

  test('resolves dcl-lab and its packages, types included, from a folder that has no packages', async () => {
    const notebook = await execute(
      savedNotebook(
        notebookOf(
          'import * as dcl from "dcl-lab";\nimport * as tf from "@tensorflow/tfjs";',
          'const error: Error = new dcl.InputError("told");\nconsole.log(error.message, tf.scalar(2).shape.length);',
        ),
      ),
    );
    expect(printed(notebook, 1)).toContain('told 0');
  });

  test('takes parameters after the cell with that tag and leaves the file alone', async () => {
    const path = savedNotebook(
      notebookOf(
        { source: 'const images = 60_000;\nconst name = "all";', tags: ['parameters'] },
        'const set = { images, name };\nconsole.log(set.images, set.name);',
      ),
    );
    const before = readFileSync(path, 'utf8');
    const notebook = await execute(path, { parameters: { images: 2000 } });
    expect(printed(notebook, 2)).toBe('2000 all\n');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});

describe('a notebook with a cell that fails', () => {
  test('fails for a type error and underlines it', async () => {
    const failure = await failureOf('console.log("fine");', 'const even = 2;\nconst n: number = "two";');
    expect(failure).toMatchObject({ cell: 2, cellId: 'cell-2', ename: 'TypeScriptError' });
    expect(failure.traceback.join('\n')).toBe(
      "2:7 TS2322: Type 'string' is not assignable to type 'number'.\n    const n: number = \"two\";\n          ~",
    );
  });

  test('fails for rejections that nobody handles, also when they come after the cell', async () => {
    const failure = await failureOf('void Promise.reject(new RangeError("lost"));', 'console.log("not run")');
    expect(failure).toMatchObject({ cell: 1, ename: 'RangeError', evalue: 'lost' });
    expect(failure.message).toContain('void Promise.reject');
    const late = 'void new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 30));';
    const wait = 'await new Promise((resolve) => setTimeout(resolve, 200));';
    expect(await failureOf(late, wait)).toMatchObject({ ename: 'Error', evalue: 'late' });
  });

  test('writes what was executed before it fails, and does not run the rest', async () => {
    const output = join(temporaryFolder(), 'executed.ipynb');
    const path = savedNotebook(notebookOf('console.log("one")', 'process.exit(3)', 'console.log("three")'));
    await expect(execute(path, { output })).rejects.toThrow(/cell 2 .*KernelDied.*exit status 3/s);
    const notebook = await read(output);
    expect(outputsOf(notebook, 0)).toMatchObject([{ text: ['one\n'] }]);
    expect(outputsOf(notebook, 2)).toEqual([]);
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
        `let stopped = false;\n${host}.onInterrupt(() => { stopped = true; });\nconsole.log("begun");\n` +
          'while (!stopped) await new Promise((resolve) => setTimeout(resolve, 10));\nconsole.log("ended");',
      ),
    );
    const controller = new AbortController();
    const onProgress = (event: ExecuteEvent) => {
      if (event.type === 'start') setTimeout(() => controller.abort(), 1000);
    };
    const run = execute(path, { output, signal: controller.signal, onProgress });
    await expect(run).rejects.toThrow('cell 1 was stopped');
    expect(outputsOf(await read(output), 0)).toMatchObject([{ text: ['begun\n', 'ended\n'] }]);
  });
});
