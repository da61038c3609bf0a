import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { readResults } from '../../src/experiments/index.js';
import { smallSpec, timeless, withImages } from './small-sweep.js';

const executable = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = withImages();

interface Sitting {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Settles when the sweep has written this, or has ended. */
  said(text: string): Promise<void>;
}

/** A sweep by the command line, in a process group of its own. */
function sit(output: string): Sitting {
  const args = [executable, 'sweep', 'spec.json', '--output', output, '--threads', '1'];
  const child = spawn(process.execPath, [...args, '--checkpoint-seconds', '0.02'], {
    cwd: folder(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  const news = new Set<() => void>();
  child.stderr.on('data', (chunk) => {
    written += chunk;
    for (const tell of news) tell();
  });
  const ended = once(child, 'exit');
  const said = (text: string) =>
    Promise.race([
      ended.then(() => {}),
      new Promise<void>((resolve) => {
        const look = () => written.includes(text) && resolve();
        news.add(look);
        look();
      }),
    ]);
  return { child, ended, said };
}

/** SIGKILL to the sweep alone, which orphans its process, or to both at once. */
async function kill({ child, ended }: Sitting, whom: 'sweep' | 'group'): Promise<void> {
  try {
    process.kill(whom === 'group' ? -child.pid! : child.pid!, 'SIGKILL');
  } catch (error) {
    // It had ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  await ended;
}

/** Settles when a file of such a name appears in a trial's folder or a run's, or after a while. */
async function written(trials: string, name: RegExp): Promise<void> {
  if (!existsSync(trials)) return;
  const abort = new AbortController();
  const appeared = new Promise<void>((resolve) => {
    for (const trial of readdirSync(trials)) {
      watch(join(trials, trial), { recursive: true, signal: abort.signal }, (_, file) => {
        if (name.test(file?.split('/').at(-1) ?? '')) resolve();
      });
    }
  });
  await Promise.race([appeared, pause(3000)]);
  abort.abort();
}

test.runIf(process.platform !== 'win32')(
  'a sweep that SIGTERM reaches with all its processes stops and continues',
  async () => {
    await writeFile(
      join(folder(), 'spec.json'),
      JSON.stringify(smallSpec(folder(), { loss: 'dcl', seed: 1 })),
    );
    const sitting = sit('terminated');
    await sitting.said(' begins, ');
    process.kill(-sitting.child.pid!, 'SIGTERM');
    expect(await sitting.ended).toEqual([130, null]);
    const [trial] = readdirSync(join(folder(), 'terminated', 'trials'));
    expect(readdirSync(join(folder(), 'terminated', 'trials', trial!))).toEqual(['run']);
    await sit('terminated').ended;
    expect((await readResults(join(folder(), 'terminated'))).numRows()).toBe(1);
  },
);

test('a sweep killed at ten moments and continued gives the table of one that was not', async () => {
  await writeFile(join(folder(), 'spec.json'), JSON.stringify(smallSpec(folder())));
  await sit('whole').ended;
  const expected = timeless(await readResults(join(folder(), 'whole')));
  expect(expected).toHaveLength(4);

  const trials = join(folder(), 'killed', 'trials');
  const begun = async (sitting: Sitting) => sitting.said('trials');
  const moments: ((sitting: Sitting) => Promise<void>)[] = [
    // While a checkpoint is being written, within a trial.
    async (sitting) => begun(sitting).then(() => written(trials, /^checkpoint-\d+\.safetensors\.\d/)),
    // While the result of a trial is being written.
    async (sitting) => begun(sitting).then(() => written(trials, /^result\.json\.\d/)),
    // Between two trials.
    async (sitting) => sitting.said(' done: '),
  ];
  const generator = xoroshiro128plus(1);
  for (let moment = 0; moment < 10; moment++) {
    const sitting = sit('killed');
    const wait = uniformInt(generator, 0, 1000);
    await (moments[moment]?.(sitting) ?? begun(sitting).then(() => pause(wait)));
    await kill(sitting, moment % 2 === 0 ? 'group' : 'sweep');
  }
  await sit('killed').ended;
  expect(timeless(await readResults(join(folder(), 'killed')))).toEqual(expected);
}, 240_000);
