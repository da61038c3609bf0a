import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue'];

/** In the environment of a node's daemon and of what it starts. */
const nodeVariable = 'TEST_CLUSTER_NODE';

/** Debian keeps daemons where a user's PATH does not look. */
const path = `${process.env.PATH}:/usr/sbin`;

/** Why there can be no cluster here; undefined where there can. */
export const noSlurm: string | undefined = programs.every((name) =>
  path.split(':').some((folder) => existsSync(join(folder, name))),
)
  ? undefined
  : 'Slurm (Debian: slurm-wlm, munge) is not installed';

/** A Slurm cluster of two nodes with one processor each, all on this machine. */
export class SlurmCluster {
  private constructor(
    private readonly folder: string,
    /** What a command needs to find the cluster. */
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<SlurmCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'dcl-lab-slurm-'));
    for (const name of ['state', 'spool', 'log']) mkdirSync(join(folder, name));
    const configuration = join(folder, 'slurm.conf');
    writeFileSync(configuration, configurationOf(folder, await freePorts(3)));
    writeFileSync(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o400 });
    const cluster = new SlurmCluster(folder, { ...process.env, PATH: path, SLURM_CONF: configuration });
    try {
      await cluster.#startDaemons();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Ends all that runs on a node, as a power cut does: nothing there sees anything else end. */
  kill(node: string): void {
    const there = processes((environment) => environment.includes(`${nodeVariable}=${node}`));
    const tasks = processes((environment) => environment.includes(`SLURMD_NODENAME=${node}`));
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const)
      for (const pid of [...there, ...tasks]) send(signal, pid);
  }

  /** What a command of Slurm prints. */
  ask(program: string, ...args: string[]): string {
    return execFileSync(program, args, { env: this.environment, encoding: 'utf8' });
  }

  async stop(): Promise<void> {
    const ours = processes((environment, command) => `${environment} ${command}`.includes(this.folder));
    for (const pid of ours) if (pid !== process.pid) send('SIGKILL', pid);
    await pause(200);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #startDaemons(): Promise<void> {
    const file = (name: string) => join(this.folder, name);
    this.#daemon('munged', [
      ...['--foreground', '--force', `--key-file=${file('munge.key')}`, `--socket=${file('munge.socket')}`],
      ...[
        `--pid-file=${file('munged.pid')}`,
        `--log-file=${file('log/munged')}`,
        `--seed-file=${file('seed')}`,
      ],
    ]);
    await until(() => spawnSync('munge', ['-n', `--socket=${file('munge.socket')}`]).status === 0, 'munged');
    this.#daemon('slurmctld', ['-D', '-c']);
    for (const node of ['node1', 'node2'])
      this.#daemon('slurmd', ['-D', '-N', node], { [nodeVariable]: node });
    const idle = () => {
      const { stdout } = spawnSync('sinfo', ['--noheader', '--format=%D %t'], {
        env: this.environment,
        encoding: 'utf8',
      });
      return stdout.trim() === '2 idle';
    };
    await until(idle, 'slurmctld with two nodes');
  }

  #daemon(program: string, args: string[], variables: NodeJS.ProcessEnv = {}): void {
    const env = { ...this.environment, ...variables };
    spawn(program, args, { env, stdio: 'ignore', detached: true }).unref();
  }
}

function configurationOf(folder: string, [controller, ...nodes]: readonly number[]): string {
  const user = userInfo().username;
  return `ClusterName=test
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/%n.pid
SlurmctldLogFile=${folder}/log/slurmctld
SlurmdLogFile=${folder}/log/%n
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdTimeout=10
KillWait=5
SchedulerParameters=bf_interval=2,sched_interval=2,batch_sched_delay=1
NodeName=node1 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${nodes[0]} CPUs=1
NodeName=node2 NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${nodes[1]} CPUs=1
PartitionName=main Nodes=node1,node2 Default=YES MaxTime=INFINITE State=UP
`;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what} does not come up.`);
    await pause(200);
  }
}

/** Processes by their environment and command line. */
function processes(match: (environment: string, command: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => match(fileOf(pid, 'environ'), fileOf(pid, 'cmdline').replaceAll('\0', ' ')))
    .map(Number);
}

/** Empty for a process that is gone or another user's. */
function fileOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
