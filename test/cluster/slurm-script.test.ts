import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireSlurmOptions, slurmScript, type TaskArray } from '../../src/cluster/index.js';
import { InputError } from '../../src/errors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dcl-lab-script-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function arrayOf(command: readonly string[], tasks: readonly number[] = [0]): TaskArray {
  return { name: 'dcl-lab-test', purpose: 'Tests.', tasks, command, folder };
}

test('the script says what it is, asks for what was given, and numbers its tasks', () => {
  const array = { ...arrayOf(['node', 'main.js', "it's"], [9, 0, 1, 2, 7]), folder: '/shared/sweep/slurm' };
  const slurm = { partition: 'gpu', 'cpus-per-task': 8, exclusive: true } as const;
  const script = slurmScript(array, { slurm, jobs: 4 }).replace(process.cwd(), '/home/me');
  expect(script).toMatchInlineSnapshot(`
    "#!/bin/bash
    # Tests.
    # To submit it by hand: sbatch /shared/sweep/slurm/submit.sh
    #SBATCH --job-name=dcl-lab-test
    #SBATCH --array=0-2,7,9%4
    #SBATCH --output=/shared/sweep/slurm/task-%a.log
    #SBATCH --chdir=/home/me
    #SBATCH --open-mode=append
    #SBATCH --requeue
    #SBATCH --signal=B:USR1@120
    #SBATCH --partition=gpu
    #SBATCH --cpus-per-task=8
    #SBATCH --exclusive

    # The task leaves a checkpoint at SIGTERM, which Slurm sends before it takes the node away.
    end() { kill -TERM "$task"; wait "$task"; }
    trap 'end; exit 143' TERM
    # 120 seconds before the time limit: go on in a new task.
    trap 'end; scontrol requeue "$SLURM_JOB_ID"; exit 0' USR1

    node main.js 'it'\\''s' "$SLURM_ARRAY_TASK_ID" &
    task=$!
    wait "$task"
    status=$?

    # 0 is done, 1 and 2 are failures that the task has told of; anything else, such as too little memory, is tried again.
    if [ "$status" -gt 2 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt 2 ]; then
      scontrol requeue "$SLURM_JOB_ID"
    fi
    exit "$status"
    "
  `);
});

test.each([
  [{ array: '0-3' }, 'The option array of sbatch is set by dcl-lab itself'],
  [{ chdir: '/elsewhere' }, 'The option chdir of sbatch is set by dcl-lab itself'],
  [{ p: 'gpu' }, "'p' is no long option of sbatch"],
  [{ '--partition': 'gpu' }, "'--partition' is no long option"],
  [{ comment: 'a\n#SBATCH --uid=root' }, 'has a line break'],
])('options that would break it are refused: %o', (options, message) => {
  expect(() => requireSlurmOptions(options)).toThrow(InputError);
  expect(() => requireSlurmOptions(options)).toThrow(message);
});

describe.skipIf(process.platform === 'win32')('as a shell runs it', () => {
  /** A task that says when it has begun and, at SIGTERM, when it has kept its work. */
  const patient = `
    require('fs').writeFileSync('begun', process.argv[1]);
    process.on('SIGTERM', () => { require('fs').writeFileSync('kept', ''); process.exit(130); });
    setInterval(() => {}, 1000);`;

  test('a task keeps its work before the time limit and asks for another turn', async () => {
    const script = start(['node', '--eval', patient, '--']);
    await begun();
    script.kill('SIGUSR1');
    expect(await once(script, 'exit')).toEqual([0, null]);
    expect(existsSync(join(folder, 'kept'))).toBe(true);
    expect(requeued()).toBe('requeue 41\n');
  });

  test('one that is cancelled keeps its work and asks for nothing', async () => {
    const script = start(['node', '--eval', patient, '--']);
    await begun();
    script.kill('SIGTERM');
    expect(await once(script, 'exit')).toEqual([143, null]);
    expect(existsSync(join(folder, 'kept'))).toBe(true);
    expect(requeued()).toBe('');
  });

  test.each([
    [0, '0', ''],
    [1, '0', ''],
    [137, '0', 'requeue 41\n'],
    [137, '2', ''],
  ])('one that ends with status %d after %s restarts', (status, restarts, expected) => {
    const result = spawnSync('bash', [written(['node', '--eval', `process.exit(${status})`, '--'])], {
      cwd: folder,
      env: environment({ SLURM_RESTART_COUNT: restarts }),
    });
    expect(result.status).toBe(status);
    expect(requeued()).toBe(expected);
  });

  function start(command: readonly string[]) {
    return spawn('bash', [written(command)], { cwd: folder, env: environment() });
  }

  function written(command: readonly string[]): string {
    writeFileSync(join(folder, 'scontrol'), `#!/bin/bash\necho "$@" >> "${join(folder, 'requeued')}"\n`, {
      mode: 0o755,
    });
    const path = join(folder, 'submit.sh');
    writeFileSync(path, slurmScript(arrayOf(command), { slurm: {} }));
    return path;
  }

  function environment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const path = `${folder}:${process.env.PATH}`;
    return { ...process.env, PATH: path, SLURM_JOB_ID: '41', SLURM_ARRAY_TASK_ID: '7', ...variables };
  }

  async function begun(): Promise<void> {
    while (!existsSync(join(folder, 'begun'))) await pause(20);
  }

  function requeued(): string {
    const path = join(folder, 'requeued');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
});
