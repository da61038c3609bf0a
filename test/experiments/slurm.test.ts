import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResults, trialRun } from '../../src/experiments/index.js';
import { readTasks } from '../../src/experiments/slurm-tasks.js';
import { noSlurm, SlurmCluster } from '../cluster/slurm-cluster.js';
import { smallSpec, timeless, withImages } from './small-sweep.js';

const executable = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = withImages();

if (noSlurm !== undefined) console.warn(`Sweeps on a cluster are not tested: ${noSlurm}.`);

describe.skipIf(noSlurm !== undefined)('on a cluster of two nodes', () => {
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await SlurmCluster.start();
  });
  afterAll(() => cluster?.stop());

  test('features made in shares are those of one process, to the last byte', async () => {
    const training = ['--architecture', 'resnet8', '--width', '2', '--batch-size', '4', '--epochs', '1'];
    const pretrain = ['pretrain', '--data', 'mnist', '--images', '32', '--output', 'run', ...training];
    expect(await command(pretrain).ended).toBe(0);
    const embed = ['embed', 'run', '--data', 'mnist', '--split', 'train', '--images', '9000'];
    expect(await command([...embed, '--threads', '1', '--output', 'one/']).ended).toBe(0);
    const slurm = command([...embed, '--output', 'shares/', '--executor', 'slurm', '--shards', '3']);
    expect(await slurm.ended, slurm.written()).toBe(0);
    const expected = contentsOf(join(folder(), 'one'));
    expect(expected.size).toBe(6);
    expect(contentsOf(join(folder(), 'shares'))).toEqual(expected);
    const tasks = readdirSync(join(folder(), 'shares-tasks')).sort();
    expect(tasks).toEqual(['submit.sh', 'task-0.log', 'task-1.log', 'task-2.log']);
  }, 300_000);

  test('a sweep of which one node is lost in the middle gives the table of a local sweep', async () => {
    const spec = smallSpec(folder(), { loss: ['infonce', 'dcl', 'dclw'], seed: [1, 2, 3, 4], epochs: 400 });
    await writeFile(join(folder(), 'spec.json'), JSON.stringify(spec));
    const local = sweep('local', '--threads', '1', '--jobs', '2');
    expect(await local.ended).toBe(0);

    const slurm = sweep('slurm', '--executor', 'slurm', '--checkpoint-seconds', '0.5');
    await slurm.said(' done: ');
    const lost = await checkpointOf('node1');
    cluster.kill('node1');
    expect(await slurm.ended, slurm.written()).toBe(0);
    const log = readFileSync(join(folder(), 'slurm', 'slurm', `task-${lost}.log`), 'utf8');
    expect(log).toMatch(/ begins\n[\s\S]* goes on after step [1-9]\d*\n/);
    expect(cluster.ask('sinfo', '--noheader', '--format=%N %t')).toContain('node1 down');

    const expected = timeless(await readResults(join(folder(), 'local')));
    expect(expected).toHaveLength(12);
    expect(timeless(await readResults(join(folder(), 'slurm')))).toEqual(expected);
  }, 600_000);

  test('tasks go on when they are left, with their options, and one without a result fails by its end in the words of Slurm', async () => {
    const spec = smallSpec(folder(), { loss: 'dcl', seed: 1, epochs: 1_000_000 });
    await writeFile(join(folder(), 'endless.json'), JSON.stringify(spec));
    const sweepEndlessly = ['sweep', 'endless.json', '--output', 'endless', '--executor', 'slurm'];
    const endless = command(sweepEndlessly);
    await endless.said(' begins, ');
    endless.stop();
    expect(await endless.ended).toBe(130);
    expect(endless.written()).toMatch(/its tasks go on: .* scancel --name=/);
    const submitted = readFileSync(join(folder(), 'endless', 'slurm', 'submit.sh'), 'utf8');

    const again = command([...sweepEndlessly, '--slurm', 'time=05:00:00']);
    await again.said('1 from before, with the options of then');
    expect(readFileSync(join(folder(), 'endless', 'slurm', 'submit.sh'), 'utf8')).toBe(submitted);
    cluster.ask('scancel', '--me');
    expect(await again.ended).toBe(1);
    expect(again.written()).toContain('its task ended (CANCELLED) without a result; its output is in ');
  }, 300_000);

  /** Resolves when the task that runs on the node has left a checkpoint, to its number. */
  async function checkpointOf(node: string): Promise<string> {
    const list = await readTasks(join(folder(), 'slurm'));
    for (;;) {
      const place = cluster
        .ask('squeue', '--noheader', `--nodelist=${node}`, '--states=R', '--format=%K')
        .trim();
      const run = place === '' ? '' : trialRun(join(folder(), 'slurm'), list[Number(place)]!.trial.key);
      if (existsSync(run) && readdirSync(run).some((file) => /^checkpoint-.*[1-9].*safetensors$/.test(file)))
        return place;
      await pause(100);
    }
  }

  function sweep(output: string, ...options: string[]) {
    return command(['sweep', 'spec.json', '--output', output, ...options]);
  }

  function contentsOf(path: string): Map<string, string> {
    return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'latin1')]));
  }

  function command(args: readonly string[]) {
    const child = spawn(process.execPath, [executable, ...args], {
      cwd: folder(),
      env: cluster.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let written = '';
    child.stderr.on('data', (chunk) => {
      written += chunk;
    });
    const ended = once(child, 'close').then(([status]) => status as number);
    return {
      ended,
      stop: () => child.kill('SIGINT'),
      written: () => written,
      said: (text: string) =>
        new Promise<void>((resolve, reject) => {
          child.stderr.on('data', () => {
            if (written.includes(text)) resolve();
          });
          child.on('close', () => reject(new Error(`It ended: ${written}`)));
        }),
    };
  }
});
