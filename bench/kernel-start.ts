/**
 * `npm run bench:kernel`: how long a notebook's reader waits for the kernel. Each round starts the real kernel in an empty
 * folder and runs the same cells, once at once and once after the kernel had time to prepare itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { InputError, requireInteger } from '../src/errors.js';
import type { JsonObject, Message } from '../src/notebook/protocol/message.js';
import { KernelClient } from '../src/notebook/runner/client.js';
import { spread } from './spread.js';

const usage = `npm run bench:kernel -- [options]
  --rounds N   kernels of each kind; 5 by default
  --idle N     seconds that a kernel has to prepare itself; 4 by default`;

const cells = [
  [
    'import dcl-lab, make a loss',
    "import * as dcl from 'dcl-lab';\nconst loss = dcl.losses.dcl({ temperature: 0.1 });",
  ],
  ['second cell, another loss', 'const other = dcl.losses.infoNCE({ temperature: 0.1 });'],
  ['engine.use()', 'await dcl.engine.use();'],
  ['1 + 1', '1 + 1'],
] as const;

const member = { code: 'dcl.losses.', cursor_pos: 11 };
const name = { code: 'dcl.losses.dcl', cursor_pos: 12, detail_level: 0 };
const requests = [
  ['completion, first', 'complete_request', member],
  ['completion, again', 'complete_request', { code: 'dcl.train.', cursor_pos: 10 }],
  ['documentation, first', 'inspect_request', name],
  ['documentation, again', 'inspect_request', name],
] as const;

/** Seconds by what was waited for, one value a round. */
type Times = Map<string, number[]>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, idle: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(usage);
  const rounds = Number(values.rounds ?? 5);
  const idle = Number(values.idle ?? 4);
  requireInteger('rounds', rounds);
  requireInteger('idle', idle);
  const [atOnce, prepared]: [Times, Times] = [new Map(), new Map()];
  for (let round = 0; round < rounds; round++) {
    await measure(0, atOnce);
    await measure(idle, prepared);
  }
  report('First cell sent as soon as the kernel answers', atOnce);
  report(`First cell sent after ${idle} s`, prepared);
}

async function measure(idle: number, times: Times): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dcl-lab-bench-'));
  const note = (what: string, value: number) => times.set(what, [...(times.get(what) ?? []), value]);
  let text = '';
  const started = performance.now();
  const client = await KernelClient.start({
    directory: folder,
    onPublished: ({ header, content }: Message) => {
      if (header.msg_type === 'stream') text += content.text;
    },
  });
  const ask = async (what: string, type: string, content: JsonObject) => {
    const before = performance.now();
    const reply = await client.request(type, content).done;
    if (reply.status !== 'ok') throw new Error(`${what}: ${JSON.stringify(reply)}`);
    note(what, (performance.now() - before) / 1000);
  };
  try {
    note('kernel answers', (performance.now() - started) / 1000);
    await delay(idle * 1000);
    for (const [index, [what, code]] of cells.entries()) {
      await ask(what, 'execute_request', { code, silent: false });
      if (index > 0) continue;
      note('start to the first result, without the pause', (performance.now() - started) / 1000 - idle);
      await client.request('execute_request', { code: 'console.log(process.cpuUsage());' }).done;
      const { user, system } = readCpu(text);
      note('processor time of all this', (user + system) / 1e6);
    }
    for (const [what, type, content] of requests) await ask(what, type, content);
  } finally {
    await client.stop();
    rmSync(folder, { recursive: true });
  }
}

/** From what Node prints: `{ user: 1, system: 2 }`. */
function readCpu(text: string): { user: number; system: number } {
  const [, user, system] = /user: (\d+), system: (\d+)/.exec(text) ?? [];
  return { user: Number(user), system: Number(system) };
}

function report(title: string, times: Times): void {
  console.log(`\n${title}; seconds, median (fastest to slowest)`);
  for (const [what, values] of times) console.log(`  ${what.padEnd(46)} ${spread(values, 3)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
