import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../errors.js';
import { type ExecuteEvent, execute, toHtml } from '../notebook/index.js';
import { given } from './option-values.js';

type Parameters = Readonly<Record<string, unknown>>;

interface RunCommandOptions {
  readonly output?: string;
  readonly html?: string;
  readonly parameter: Parameters;
  readonly cellTimeout?: number;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('Execute a notebook in the tslab kernel, without Python; fails if a cell fails.')
    .argument('<notebook>', 'a .ipynb file')
    .option('--output <file>', 'where the executed notebook goes (default: over the notebook itself)')
    .option('--html <file>', 'also write it as one HTML page that works offline')
    .option(
      '-p, --parameter <name=value>',
      'set a variable of the parameters cell; may be repeated',
      parameter,
      {},
    )
    .option('--cell-timeout <seconds>', 'longest that one cell may take (default: no limit)', seconds)
    .action(runFromCommandLine);
}

async function runFromCommandLine(notebook: string, options: RunCommandOptions): Promise<void> {
  const { output = notebook, html, parameter: parameters, cellTimeout } = options;
  for (const path of [output, html]) {
    if (path !== undefined) await makeFolderOf(path);
  }
  const executed = await execute(notebook, {
    output,
    parameters,
    ...given({ cellTimeout }),
    onProgress: printProgress,
  });
  console.log(`Executed notebook: ${output}`);
  if (html === undefined) return;
  await writeFile(html, await toHtml(executed)).catch((error: Error) => {
    throw new InputError(`The page could not be written to ${html}: ${error.message}.`);
  });
  console.log(`HTML page: ${html}`);
}

async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: Error) => {
    throw new InputError(`The folder of ${path} cannot be made: ${error.message}.`);
  });
}

function printProgress(event: ExecuteEvent): void {
  const cell = `cell ${event.cell}/${event.cells}`;
  if (event.type === 'start') console.log(`${cell}: ${event.source.trim().split('\n')[0]}`);
  if (event.type === 'status') console.log(`${cell}: ${event.text}`);
  if (event.type === 'end')
    console.log(`${cell}: ${event.failed ? 'failed' : 'done'}, ${event.seconds.toFixed(1)} s`);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number of seconds above 0.');
  return value;
}

/** `images=2000` sets a number, `data=mnist` a text, and anything else that is JSON its value. */
function parameter(text: string, earlier: Parameters): Parameters {
  const [, name, value] = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return { ...earlier, [name]: jsonOrText(value) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
