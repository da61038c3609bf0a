import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface RunOptions {
  /** Where the program runs; by default where this one does. */
  readonly folder?: string;
  /** Variables beside this process's own. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs a program, which writes where this one writes. @returns whether it ended well */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<boolean> {
  return ended(program, args, options, false);
}

/** Runs a command line in the shell, by which Windows finds npm and what npm installs. @returns whether it ended well */
export function runInShell(commandLine: string, options: RunOptions): Promise<boolean> {
  return ended(commandLine, [], options, true);
}

async function ended(
  program: string,
  args: readonly string[],
  { folder, variables }: RunOptions,
  shell: boolean,
): Promise<boolean> {
  const env = { ...process.env, ...variables };
  const child = spawn(program, args, {
    ...(folder === undefined ? {} : { cwd: folder }),
    env,
    shell,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = await once(child, 'exit').catch(() => []);
  return status === 0;
}

/** Standard output of a program that ends well; undefined where it does not or is not there. */
export function output(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The interpreter of a virtual environment. */
export function pythonOf(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}
