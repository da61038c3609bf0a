import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kernelCommand } from '../kernel/spec.js';
import { type ConnectionInfo, isBound, readConnection, writeConnection } from '../protocol/connection.js';

export interface KernelProcessOptions {
  /** Where the kernel runs: the notebook's folder. */
  readonly directory: string;
  /** The command of a kernel spec, in which `{connection_file}` stands for the file; the own kernel by default. */
  readonly command?: readonly string[];
}

/** A kernel that has not answered after this many milliseconds, on a busy machine too, will not. */
export const startLimit = 120_000;
/** After this many milliseconds a kernel that was asked to end is ended. */
const endLimit = 3_000;

/** The kernel's process ended while it was needed. */
export class KernelDied extends Error {
  override readonly name = 'KernelDied';
}

/** A kernel in a process group of its own, and the connection file by which it is found. */
export class KernelProcess {
  /** Rejects with KernelDied when the process is gone. */
  readonly died: Promise<never>;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #errors = '';

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.died = new Promise((_, reject) => {
      child.once('error', (error) =>
        reject(new KernelDied(`the kernel cannot be started: ${error.message}`)),
      );
      child.once('exit', (code, signal) => reject(new KernelDied(this.#obituary(code, signal))));
    });
    this.died.catch(() => {});
    child.stderr?.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-4000);
    });
    process.once('exit', this.kill);
  }

  static async start(options: KernelProcessOptions): Promise<KernelProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'dcl-lab-kernel-'));
    try {
      const file = connectionFile(folder);
      await writeConnection(file, unbound());
      return new KernelProcess(spawnKernel(options, file), folder);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  /**
   * Where the kernel listens, once it does: the system chooses its ports, so kernels that start at the same time cannot
   * choose the same ones.
   * @throws KernelDied when it does not come up
   */
  async connection(): Promise<ConnectionInfo> {
    const file = connectionFile(this.#folder);
    for (const end = performance.now() + startLimit; performance.now() < end; ) {
      const info = readConnection(file);
      if (isBound(info)) return info;
      await Promise.race([delay(50), this.died]);
    }
    throw this.unanswered();
  }

  unanswered(): KernelDied {
    return new KernelDied(`the kernel did not answer within ${startLimit / 1000} s\n${this.#errors}`);
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Lets the kernel end by itself once asked, else ends it; nothing that its cells started is left behind. */
  async end(ask: () => void): Promise<void> {
    process.off('exit', this.kill);
    const ended = this.died.catch(() => true);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      ask();
      await Promise.race([ended, delay(endLimit, false, { ref: false })]);
    }
    this.kill();
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends the kernel by force, and with it what its cells started. */
  readonly kill = (): void => {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(hasGroup ? -pid : pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };

  #obituary(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with exit status ${code}` : `was killed by ${signal}`;
    return `the kernel ${how}${this.#errors === '' ? '' : `\n${this.#errors.trimEnd()}`}`;
  }
}

/** Ctrl-C in the terminal should reach this process alone, which interrupts the kernel. */
const hasGroup = process.platform !== 'win32';

function spawnKernel(
  { directory, command = kernelCommand }: KernelProcessOptions,
  file: string,
): ChildProcess {
  const [program = '', ...args] = command.map((part) => part.replace('{connection_file}', file));
  return spawn(program, args, {
    cwd: directory,
    detached: hasGroup,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { DCL_LAB_PLOTLY: 'omit', ...process.env, JPY_PARENT_PID: String(process.pid) },
  });
}

function connectionFile(folder: string): string {
  return join(folder, 'connection.json');
}

function unbound(): ConnectionInfo {
  return {
    transport: 'tcp',
    ip: '127.0.0.1',
    shell_port: 0,
    iopub_port: 0,
    stdin_port: 0,
    control_port: 0,
    hb_port: 0,
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
  };
}
