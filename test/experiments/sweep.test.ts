import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { readResults, type Sweep, type SweepSpec, sweep } from '../../src/experiments/index.js';
import { eventsOf, ofType, smallSpec, timeless, withImages } from './small-sweep.js';

const folder = withImages();
// Named, so that what is installed makes no difference.
const engine = { name: 'onnxruntime', threads: 1 } as const;
const at = (name: string) => join(folder(), name);
const small = (name: string, changes: Partial<SweepSpec> = {}, options: object = {}): Sweep =>
  sweep(smallSpec(folder(), { epochs: 4, ...changes }), { folder: at(name), engine, ...options });

describe('a sweep', () => {
  test('reports its trials in order, keeps each, and makes a table of them', async () => {
    const events = await eventsOf(small('plain'));
    const [start] = ofType(events, 'start');
    expect(start).toMatchObject({
      executor: '1 process with 1 threads each',
      progress: { trials: 4, finished: 0 },
    });
    expect(ofType(events, 'trial-end').map(({ progress }) => progress.finished)).toEqual([1, 2, 3, 4]);
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'completed', progress: { failed: 0 } });
    const rows = (await readResults(at('plain'))).objects();
    expect(rows).toEqual(ofType(events, 'trial-end').map(({ row }) => row));
    expect(rows).toMatchObject([
      { loss: 'infonce', seed: 1, knnTop1: expect.any(Number), meanQ: expect.any(Number) },
      { loss: 'dcl', seed: 1 },
      { loss: 'infonce', seed: 2 },
      { loss: 'dcl', seed: 2 },
    ]);
    expect(await readResults(at('plain/results.csv')).then(timeless)).toEqual(
      timeless(await readResults(at('plain'))),
    );
    expect(new Set(ofType(events, 'trial-end').map(({ row }) => row.finalLoss)).size).toBe(4);
  });

  test('with another spec computes what is missing, and finds earlier trials again', async () => {
    await eventsOf(small('changed', { seed: 1 }));
    const more = await eventsOf(small('changed', { seed: [1, 2], loss: 'dcl' }));
    expect(ofType(more, 'start')[0]!.progress).toMatchObject({ trials: 2, finished: 1 });
    expect(ofType(more, 'trial-end').map(({ row }) => row.seed)).toEqual([2]);
    expect(await readResults(at('changed')).then((results) => results.numRows())).toBe(2);
    const warmer = await eventsOf(small('changed', { seed: 1, loss: 'dcl', temperature: 0.2 }));
    expect(ofType(warmer, 'trial-end')).toHaveLength(1);
    const again = await eventsOf(small('changed', { seed: 1 }));
    expect(ofType(again, 'trial-start')).toHaveLength(0);
    expect(again.at(-1)).toMatchObject({ reason: 'completed', progress: { finished: 2 } });
  });

  test('with two jobs gives the table of one, dividing the threads', async () => {
    // Long enough for the second process to begin before the first ends.
    const trials = { loss: 'dcl', epochs: 300 } as const;
    await eventsOf(small('one', trials));
    const events = await eventsOf(small('two', trials, { jobs: 2, engine: { ...engine, threads: 2 } }));
    expect(ofType(events, 'start')[0]).toMatchObject({ executor: '2 processes with 1 threads each' });
    const running = Math.max(...ofType(events, 'trial-step').map(({ progress }) => progress.running));
    expect(running).toBe(2);
    expect(timeless(await readResults(at('two')))).toEqual(timeless(await readResults(at('one'))));
  });

  test('that is stopped leaves a checkpoint within the trial, and goes on from there', async () => {
    const stopped = small('stopped', { epochs: 200, loss: 'dcl', seed: 1 });
    for await (const event of stopped) if (event.type === 'trial-step' && event.step >= 20) stopped.stop();
    const goingOn = await eventsOf(small('stopped', { epochs: 200, loss: 'dcl', seed: 1 }));
    const [start] = ofType(goingOn, 'trial-start');
    expect(start!.step).toBeGreaterThanOrEqual(20);
  });

  test('whose loop is left ends its process and frees its folder', async () => {
    for await (const event of small('left', { epochs: 200 })) if (event.type === 'trial-step') break;
    const events = await eventsOf(small('left', { loss: 'dcl', seed: 1 }));
    expect(events.at(-1)).toMatchObject({ reason: 'completed' });
  });

  test('is stopped by its signal, also before it begins', async () => {
    const events = await eventsOf(small('aborted', {}, { signal: AbortSignal.abort() }));
    expect(events).toMatchObject([{ type: 'end', reason: 'stopped' }]);
  });

  test('keeps another sweep out of its folder', async () => {
    const first = small('taken', { epochs: 200 });
    for await (const event of first) {
      if (event.type !== 'trial-start') continue;
      const second = eventsOf(small('taken'));
      await expect(second).rejects.toThrow(InputError);
      await expect(second).rejects.toThrow(new RegExp(`taken is in use by a run of process ${process.pid}`));
      break;
    }
  });

  test('refuses a folder of something else, images that are not there and a second reading', async () => {
    await expect(eventsOf(small('images'))).rejects.toThrow(/holds no sweep of dcl-lab/);
    await expect(eventsOf(small('nothing', { data: at('nowhere') }))).rejects.toThrow(/nowhere/);
    const once = small('once', {}, { signal: AbortSignal.abort() });
    await eventsOf(once);
    await expect(eventsOf(once)).rejects.toThrow(/read once only/);
    expect(() => small('none', {}, { jobs: 0 })).toThrow(/jobs is 0/);
  });
});

describe('a trial that fails', () => {
  test('by a loss that is not finite is recorded with its reason, and the others go on', async () => {
    const events = await eventsOf(small('diverging', { seed: 1, learningRate: [0.06, 1e30] }));
    const failures = ofType(events, 'trial-failure');
    expect(failures).toHaveLength(2);
    expect(failures[0]!.reason).toMatch(/not finite|became/);
    expect(ofType(events, 'trial-end')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ reason: 'completed', progress: { finished: 2, failed: 2 } });
    const kept = join(at('diverging'), 'trials', failures[0]!.trial.key, 'failure.json');
    expect(JSON.parse(await readFile(kept, 'utf8'))).toMatchObject({ reason: failures[0]!.reason });
    expect((await readResults(at('diverging'))).numRows()).toBe(2);
  });

  test('by the death of its process is recorded, another process computes the others, and it can be tried again', async () => {
    let killed: string | undefined;
    const events = [];
    for await (const event of small('crashing', { epochs: 40 }, { checkpointSeconds: 0 })) {
      events.push(event);
      if (event.type !== 'trial-step' || killed !== undefined) continue;
      killed = event.trial.key;
      const lock = await readFile(join(at('crashing'), 'trials', killed, 'lock'), 'utf8');
      process.kill(JSON.parse(lock).pid, 'SIGKILL');
    }
    const [failure] = ofType(events, 'trial-failure');
    expect(failure).toMatchObject({ trial: { key: killed }, reason: 'its process ended by SIGKILL' });
    expect(ofType(events, 'trial-end')).toHaveLength(3);
    const again = await eventsOf(small('crashing', { epochs: 40 }));
    expect(ofType(again, 'trial-end').map(({ trial }) => trial.key)).toEqual([killed]);
    expect(await readdir(join(at('crashing'), 'trials', killed!))).not.toContain('failure.json');
  });

  test('by damaged checkpoints says which files they were', async () => {
    for await (const event of small(
      'damaged',
      { epochs: 40, loss: 'dcl', seed: 1 },
      { checkpointSeconds: 0 },
    )) {
      if (event.type === 'trial-step') break;
    }
    const [trial] = await readdir(join(at('damaged'), 'trials'));
    const run = join(at('damaged'), 'trials', trial!, 'run');
    const checkpoints = (await readdir(run)).filter((name) => name.startsWith('checkpoint-'));
    expect(checkpoints.length).toBeGreaterThan(0);
    for (const name of checkpoints) await writeFile(join(run, name), 'no checkpoint');
    const events = await eventsOf(small('damaged', { epochs: 40, loss: 'dcl', seed: 1 }));
    const { reason } = ofType(events, 'trial-failure')[0]!;
    for (const name of checkpoints) expect(reason).toContain(`${join(run, name)} is`);
  });
});

describe('dcl-lab sweep', () => {
  const dclLab = (...args: string[]) =>
    spawnSync(process.execPath, [join(process.cwd(), 'dist/cli/main.js'), 'sweep', ...args], {
      cwd: folder(),
      encoding: 'utf8',
    });

  test('tells of each trial and where the results are, and exits by what became of them', async () => {
    await writeFile(
      at('my.sweep.json'),
      JSON.stringify(smallSpec(folder(), { epochs: 2, seed: 1, data: 'elsewhere' })),
    );
    const { status, stdout, stderr } = dclLab('my.sweep.json', '--data', 'images', '--threads', '1');
    expect(status).toBe(0);
    expect(stdout).toBe('runs/my/results.csv: 2 of 2 trials\n');
    expect(stderr).toMatch(/2 trials; 1 process/);
    expect(stderr.match(/ done: kNN [\d.]+ %, linear [\d.]+ %/g)).toHaveLength(2);
    await writeFile(
      at('diverging.json'),
      JSON.stringify(smallSpec(folder(), { learningRate: 1e30, seed: 1 })),
    );
    expect(dclLab('diverging.json', '--threads', '1')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('FAILED'),
    });
  });

  test('names what is wrong with the spec and exits with 2', async () => {
    await writeFile(at('wrong.json'), JSON.stringify(smallSpec(folder(), { batchSize: [] })));
    const { status, stderr } = dclLab('wrong.json');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^dcl-lab: wrong\.json cannot be run: batchSize is \[\]/);
  });
});
