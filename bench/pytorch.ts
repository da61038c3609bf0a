/** PyTorch in a process of its own, asked line by line, so that its turns and ours alternate within one run. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const environment = fileURLToPath(new URL('.venv/', import.meta.url));
const python = `${environment}${process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'}`;
const script = fileURLToPath(new URL('train_step.py', import.meta.url));

/** What `prepare` of train_step.py replies. */
export interface Prepared {
  readonly parameters: number;
  readonly firstLoss: number;
  readonly version: string;
}

export class PyTorch {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: Interface,
  ) {}

  /** Starts PyTorch from bench/.venv, which the first start makes. @throws Error where that is not possible */
  static start(): PyTorch {
    if (!hasTorch()) install();
    const child = spawn(python, ['-B', '-W', 'ignore', script]);
    child.stderr.pipe(process.stderr);
    return new PyTorch(child, createInterface({ input: child.stdout }));
  }

  async prepare(request: object): Promise<Prepared> {
    return (await this.ask({ command: 'prepare', ...request })) as Prepared;
  }

  /** Seconds that so many training steps take. */
  async run(steps: number): Promise<number> {
    const { seconds } = (await this.ask({ command: 'run', steps })) as { readonly seconds: number };
    return seconds;
  }

  stop(): void {
    this.process.stdin.end();
  }

  private ask(request: object): Promise<object> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('PyTorch ended before it answered.'));
      this.lines.once('close', ended);
      this.lines.once('line', (line) => {
        this.lines.off('close', ended);
        resolve(JSON.parse(line));
      });
      this.process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}

function hasTorch(): boolean {
  return existsSync(python) && spawnSync(python, ['-c', 'import torch']).status === 0;
}

function install(): void {
  console.error('Installing PyTorch into bench/.venv ...');
  call('python3', ['-m', 'venv', environment]);
  call(python, ['-m', 'pip', 'install', '--quiet', 'torch==2.13.0']);
}

function call(command: string, parameters: string[]): void {
  const { status, error } = spawnSync(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    throw new Error(`\`${command} ${parameters.join(' ')}\` failed${error ? `: ${error.message}` : ''}`);
  }
}
