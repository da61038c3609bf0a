import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eachWithAFolder } from './run-in-folder.js';

const folder = eachWithAFolder();
const script = fileURLToPath(new URL('../faults/take-lock.mjs', import.meta.url));

interface Asker {
  readonly child: ChildProcess;
  readonly answers: AsyncIterator<string>;
}

interface Answer {
  readonly refusal?: string;
  readonly began: number;
  readonly ended: number;
}

let askers: Asker[];
beforeAll(async () => {
  const lock = String(pathToFileURL('dist/train/run-lock.js'));
  askers = Array.from({ length: 5 }, () => {
    const child = spawn(process.execPath, [script, lock], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, answers: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
  });
  await Promise.all(askers.map(({ answers }) => answers.next()));
});
afterAll(async () => {
  await Promise.all(
    askers.map(async ({ child }) => {
      child.stdin!.end();
      await once(child, 'exit');
    }),
  );
});

test('of several processes that ask for a folder at the same moment one has it, whether or not a dead one had it', async () => {
  const gone = spawnSync(process.execPath, ['--eval', '']).pid;
  const rounds = 150;
  let atOnce = 0;
  for (let round = 0; round < rounds; round++) {
    const run = join(folder(), String(round));
    await mkdir(run, { recursive: true });
    const stale = JSON.stringify({ pid: gone, host: hostname(), id: String(round) });
    if (round % 3 > 0) await writeFile(join(run, 'lock'), `${stale}\n`);
    const moment = Date.now() + 5;
    for (const { child } of askers) child.stdin!.write(`${JSON.stringify({ folder: run, moment })}\n`);
    const answers: Answer[] = await Promise.all(
      askers.map(async ({ answers }) => JSON.parse((await answers.next()).value)),
    );
    const winners = answers.filter(({ refusal }) => refusal === undefined);
    expect(winners, JSON.stringify(answers)).toHaveLength(1);
    const { child } = askers[answers.indexOf(winners[0]!)]!;
    expect(JSON.parse(await readFile(join(run, 'lock'), 'utf8')).pid).toBe(child.pid);
    for (const { refusal } of answers)
      expect(refusal ?? 'InputError: is in use').toMatch(/^InputError: .*is in use/);
    expect(await readdir(run)).toEqual(['lock']);
    if (answers.some(({ refusal, began }) => refusal !== undefined && began < winners[0]!.ended)) atOnce += 1;
  }
  // Others had begun to ask before the one had it.
  expect(atOnce).toBeGreaterThan(rounds / 10);
});
