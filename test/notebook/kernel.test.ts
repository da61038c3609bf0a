import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, Message } from '../../src/notebook/protocol/message.js';
import { KernelClient } from '../../src/notebook/runner/client.js';
import { temporaryFolder } from './cells.js';

const published: Message[] = [];
let client: KernelClient;

beforeAll(async () => {
  const directory = temporaryFolder();
  client = await KernelClient.start({ directory, onPublished: (message) => published.push(message) });
  const folder = join(directory, 'node_modules', 'installed');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), 'exports.answer = 42;');
  writeFileSync(join(folder, 'index.d.ts'), 'export declare const answer: number;');
});
afterAll(() => client.stop());

interface Outcome {
  readonly id: string;
  readonly reply: JsonObject;
}

async function run(code: string): Promise<Outcome> {
  const { id, done } = client.request('execute_request', { code, silent: false });
  return { id, reply: await done };
}

/** What a cell has put out so far, beside its states. */
function outputsOf({
  id,
}: {
  readonly id: string;
}): { readonly type: string; readonly content: JsonObject }[] {
  return published
    .filter(({ parent, header }) => parent.msg_id === id && !/^(status|execute_input)$/.test(header.msg_type))
    .map(({ header, content }) => ({ type: header.msg_type, content }));
}

async function outputs(code: string) {
  return outputsOf(await run(code));
}

/** What a cell ends in: the data of its execute_result. */
async function resultOf(code: string): Promise<JsonObject | undefined> {
  const last = (await outputs(code)).at(-1);
  return last?.type === 'execute_result' ? (last.content.data as JsonObject) : undefined;
}

const text = (type: 'stdout' | 'stderr', cell: Outcome) =>
  outputsOf(cell)
    .filter(({ content }) => content.name === type)
    .map(({ content }) => content.text)
    .join('');

describe('the value that a cell ends in', () => {
  test('is its result, numbered as the cell is, and as console.log prints it', async () => {
    const cell = await run('const n = 6;\nn * 7');
    expect(outputsOf(cell)).toEqual([
      {
        type: 'execute_result',
        content: { data: { 'text/plain': '42' }, metadata: {}, execution_count: cell.reply.execution_count },
      },
    ]);
    expect(await resultOf("'text'")).toEqual({ 'text/plain': 'text' });
    expect(await resultOf('({ a: [1] });')).toEqual({ 'text/plain': '{ a: [ 1 ] }' });
    expect(await resultOf('const f = () => 1;\nf')).toEqual({ 'text/plain': '[Function: f]' });
  });

  test('is nothing where there is nothing to say', async () => {
    for (const code of [
      'undefined',
      'const b = 1;',
      '(() => {})()',
      'await Promise.resolve()',
      'if (true) 5;',
      'setTimeout(() => {})',
    ])
      expect(await outputs(code)).toEqual([]);
    expect(await outputs('process.stdout.write("x")')).toEqual([
      { type: 'stream', content: { name: 'stdout', text: 'x' } },
    ]);
  });

  test('says itself how it is shown, in whatever package it is made', async () => {
    const bundle = '{ "text/plain": "five", "text/html": "<b>5</b>" }';
    expect(await resultOf(`({ [Symbol.for("Jupyter.display")]: () => (${bundle}) })`)).toEqual({
      'text/plain': 'five',
      'text/html': '<b>5</b>',
    });
  });

  test('is shown as by dcl.notebook.show: tables, tensors, figures, image grids, models', async () => {
    await run(
      "import * as dcl from 'dcl-lab';\nimport * as tf from '@tensorflow/tfjs';\nimport { table } from 'arquero';",
    );
    expect(await resultOf('table({ loss: ["DCL"], top1: [0.5] })')).toMatchObject({
      'text/html': expect.stringContaining('<td style="text-align:right">0.5</td>'),
      'text/plain': expect.stringContaining('DCL'),
    });
    expect(await resultOf('tf.tensor1d([1, 2], "int32")')).toEqual({
      'text/plain': 'int32 tensor of shape [2]\n    [1, 2]',
    });
    const figure = 'dcl.figures.accuracyBars({ DCL: 0.95 }, { subtitle: "mnist" })';
    expect(await resultOf(figure)).toMatchObject({
      'application/vnd.plotly.v1+json': { data: [expect.objectContaining({ type: 'bar' })] },
      'image/png': expect.stringMatching(/^iVBOR/),
      'text/plain': expect.stringContaining('DCL: 95'),
    });
    const grid = 'dcl.notebook.images(Uint8Array.of(0, 255), { shape: [1, 1, 1] })';
    expect(await resultOf(grid)).toMatchObject({ 'image/png': expect.stringMatching(/^iVBOR/) });
    expect(await resultOf('dcl.models.resnet8({ inputShape: [8, 8, 3], width: 4 })')).toEqual({
      'text/plain': expect.stringMatching(/^model \S+: \[n,8,8,3\] to \[n,16\], \d+ layers, [\d,]+ weights$/),
    });
    expect((await outputs('dcl.notebook.show("shown")')).map(({ type }) => type)).toEqual(['display_data']);
  });
});

describe('what an earlier cell left behind', () => {
  test('puts its output, its displays and its errors where they come from, and the next cell is none the worse', async () => {
    const first = await run(
      `setTimeout(() => console.log("late"), 300);
import { Worker } from "node:worker_threads";
const worker = new Worker("console.log('from a thread')", { eval: true });
import { display } from "tslab";
setTimeout(() => display.text("later"), 350);
setTimeout(() => void Promise.reject(new RangeError("rejected")), 400);
setTimeout(() => { throw new TypeError("thrown"); }, 450);
const unawaited = (async () => { await new Promise((resolve) => setTimeout(resolve, 200)); console.error("on"); })();`,
    );
    const ends = 'await new Promise((resolve) => worker.once("exit", resolve));';
    const second = await run(`${ends}\nawait new Promise((resolve) => setTimeout(resolve, 600));`);
    const third = await run('console.log("own")');
    expect(first.reply).toMatchObject({ status: 'ok' });
    expect(second.reply).toMatchObject({ status: 'ok' });
    expect(outputsOf(second)).toEqual([]);
    expect(text('stdout', third)).toBe('own\n');
    expect(text('stdout', first)).toMatch(/^(from a thread\nlate|late\nfrom a thread)\n$/);
    expect(text('stderr', first)).toBe('on\n');
    const types = outputsOf(first).map(({ type, content }) => content.ename ?? type);
    expect(types.filter((type) => type !== 'stream')).toEqual(['display_data', 'RangeError', 'TypeError']);
  });
});

describe('what tslab by itself does not do', () => {
  test('cells declare names anew, with other types, and mark them as exported', async () => {
    await run('const a = 1; let b = 2; class C { x = 1 }');
    expect(await resultOf('const a = "s"; let b = [1]; class C { y = 2 }\na + b + new C().y')).toEqual({
      'text/plain': 's12',
    });
    await run('export const exported = 3;\nexport type Exported = { readonly a: number };');
    expect(await resultOf('const value: Exported = { a: exported };\nvalue')).toEqual({
      'text/plain': '{ a: 3 }',
    });
    expect((await run('import type { Stats } from "node:fs";\nlet stats: Stats;')).reply.status).toBe('ok');
  });

  test('a top-level await may stand below @ts-ignore', async () => {
    const cell = await run(
      '// @ts-ignore\nconst n: number = await Promise.resolve("text");\nconsole.log(n);',
    );
    expect(text('stdout', cell)).toBe('text\n');
  });

  test('a package that was installed after the kernel started is found', async () => {
    expect(await resultOf("import { answer } from 'installed';\nanswer")).toEqual({ 'text/plain': '42' });
  });

  test('thousands of outputs in one turn arrive, and megabytes in one piece', async () => {
    const many = await run(
      'import { display as d } from "tslab";\nfor (let i = 0; i < 2000; i++) d.text(String(i));',
    );
    expect(outputsOf(many)).toHaveLength(2000);
    const long = await run('process.stdout.write("x".repeat(2e7));');
    expect(text('stdout', long)).toHaveLength(2e7);
  });

  test('who reads standard input is told, and does not wait for ever', async () => {
    const { reply } = await run(
      'import { createInterface } from "node:readline/promises";\nawait createInterface({ input: process.stdin }).question("?");',
    );
    expect(reply).toMatchObject({
      status: 'error',
      ename: 'InputError',
      evalue: expect.stringContaining('A cell cannot read standard input'),
    });
  });

  test('widgets are closed, and other requests that nobody answers are refused', async () => {
    // It has no reply to wait for.
    const { id, done } = client.request('comm_open', {
      comm_id: 'w',
      target_name: 'jupyter.widget',
      data: {},
    });
    done.catch(() => {});
    const refused = await client.request('debug_request', {}).done;
    expect(refused).toMatchObject({ status: 'error', evalue: 'this kernel does not answer debug_request' });
    expect(outputsOf({ id })).toEqual([{ type: 'comm_close', content: { comm_id: 'w', data: {} } }]);
  });

  test('completion and documentation of the library', async () => {
    await run("import * as dcl from 'dcl-lab';");
    const { matches } = await client.request('complete_request', { code: 'dcl.losses.d', cursor_pos: 12 })
      .done;
    expect(matches).toEqual(expect.arrayContaining(['dcl', 'dclw']));
    const { data } = await client.request('inspect_request', {
      code: 'dcl.losses.dcl',
      cursor_pos: 12,
      detail_level: 0,
    }).done;
    expect(JSON.stringify(data)).toContain('temperature');
  });
});
