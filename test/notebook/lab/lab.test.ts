import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { startLab } from '../../../src/notebook/index.js';
import { jupyterlab } from '../../../src/notebook/lab/environment.js';
import { start } from '../../cli/command.js';
import { temporaryFolder } from '../cells.js';
import { type FakePython, fakeLab, fakePython, pythonIn } from './fake-python.js';

let folder: string;
let steps: string[];

/** A machine without Python and Jupyter, but for what a test writes to its `bin`. */
beforeEach(() => {
  folder = temporaryFolder();
  steps = [];
  mkdirSync(join(folder, 'notebooks'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('RECORD', join(folder, 'record.json'));
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX', 'JUPYTER_PATH']) vi.stubEnv(name, '');
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const onStep = (line: string) => steps.push(line);
const startHere = (...jupyterOptions: string[]) => startLab({ jupyterOptions, onStep });
const recorded = () => JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8'));
const mark = () => join(folder, '.venv', 'package.json');
const python = (settings?: FakePython) => fakePython(join(folder, 'bin', 'python3'), settings);

describe('a JupyterLab of the user', () => {
  test('on PATH is told of the kernel while it runs, and its exit status is given back', async () => {
    vi.stubEnv('JUPYTER_PATH', '/mine');
    fakeLab(join(folder, 'bin', 'jupyter-lab'), '4.2.0');
    expect(await startHere('--port', '8899')).toBe(7);
    const { argv, jupyterPath, spec } = recorded();
    expect(argv.slice(1)).toEqual([`--ServerApp.root_dir=${join(folder, 'notebooks')}`, '--port', '8899']);
    expect(spec.display_name).toBe('DCL Lab (TypeScript)');
    const [own, mine] = jupyterPath.split(':');
    expect(mine).toBe('/mine');
    expect(existsSync(dirname(dirname(own)))).toBe(false);
    expect(steps).toEqual(['JupyterLab 4.2.0 from PATH']);
    expect(existsSync(join(folder, '.venv'))).toBe(false);
  });

  test('in the active environment comes before the one on PATH', async () => {
    const environment = join(folder, 'active');
    fakePython(pythonIn(environment), { jupyterlab: '4.5.1' });
    fakeLab(join(folder, 'bin', 'jupyter-lab'), '4.2.0');
    vi.stubEnv('VIRTUAL_ENV', environment);
    await startHere();
    expect(steps).toEqual([`JupyterLab 4.5.1 from the active environment ${environment}`]);
  });

  test('is passed over where it is old, or where an environment is named', async () => {
    python();
    fakeLab(join(folder, 'bin', 'jupyter-lab'), '3.6.8');
    await startHere();
    expect(steps.at(-1)).toBe(`JupyterLab ${jupyterlab} from ${join(folder, '.venv')}`);
    fakeLab(join(folder, 'bin', 'jupyter-lab'), '4.2.0');
    await startLab({ environment: 'other', onStep });
    expect(steps.at(-1)).toBe(`JupyterLab ${jupyterlab} from ${join(folder, 'other')}`);
  });

  test('in an environment that is named is used as it is', async () => {
    fakePython(pythonIn(join(folder, 'theirs')), { jupyterlab: '4.0.0' });
    await startLab({ environment: 'theirs', onStep });
    expect(steps).toEqual([`JupyterLab 4.0.0 from ${join(folder, 'theirs')}`]);
  });
});

describe('the environment that is made', () => {
  test('is made once, and found whole afterwards', async () => {
    python();
    expect(await startHere()).toBe(7);
    expect(steps[0]).toContain('Making a virtual environment');
    expect(recorded().argv).toContain(pythonIn(join(folder, '.venv')));
    steps = [];
    expect(await startHere()).toBe(7);
    expect(steps).toEqual([`JupyterLab ${jupyterlab} from ${join(folder, '.venv')}`]);
  });

  test('keeps Node from taking JupyterLab’s scripts for ES modules, as the project says of its own', async () => {
    python();
    await startHere();
    expect(JSON.parse(readFileSync(mark(), 'utf8'))).not.toHaveProperty('type');
  });

  test.each(['be killed', 'fail'] as const)('is made anew after pip had to %s', async (pip) => {
    python({ pip });
    await expect(startHere()).rejects.toThrow(`pip could not install jupyterlab==${jupyterlab}`);
    // Also where what is there looks whole.
    fakePython(pythonIn(join(folder, '.venv')), { jupyterlab });
    python();
    expect(await startHere()).toBe(7);
    expect(steps).toContain(`${join(folder, '.venv')} is incomplete or outdated; making it anew.`);
  });

  test.each([
    [
      'has another release',
      () => writeFileSync(mark(), readFileSync(mark(), 'utf8').replace(jupyterlab, '4.0.0')),
    ],
    ['has lost its Python', () => rmSync(pythonIn(join(folder, '.venv')))],
  ])('is made anew where it %s', async (_, damage) => {
    python();
    await startHere();
    damage();
    expect(await startHere()).toBe(7);
    expect(steps).toContain(`${join(folder, '.venv')} is incomplete or outdated; making it anew.`);
    expect(JSON.parse(readFileSync(mark(), 'utf8'))).toMatchObject({ jupyterlab });
  });
});

describe('what cannot be used is named', () => {
  const refused = async () => {
    const error = await startHere().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  };

  test('no Python', async () => {
    expect(await refused()).toMatch(/needs Python 3\.10 or newer, and none was found.*npm start/);
  });

  test('an old Python', async () => {
    python({ version: '3.9.2' });
    expect(await refused()).toContain('`python3` is 3.9.2');
  });

  test('a Python without venv, as Debian installs it', async () => {
    python({ venv: false });
    expect(await refused()).toContain('apt-get install python3-venv');
    fakePython(join(folder, 'bin', 'python'));
    expect(await startHere()).toBe(7);
  });

  test('pip that fails, with its reason', async () => {
    python({ pip: 'fail' });
    expect(await refused()).toMatch(/It needs PyPI.*PIP_INDEX_URL.*No matching distribution found/s);
  });

  test("a .venv of something else's, which is left as it is", async () => {
    python();
    fakePython(pythonIn(join(folder, '.venv')));
    expect(await refused()).toMatch(/\.venv was not made by this command and has no JupyterLab of release 4/);
    expect(existsSync(pythonIn(join(folder, '.venv')))).toBe(true);
  });

  test('a folder that is not there', async () => {
    await expect(startLab({ folder: 'nowhere' })).rejects.toThrow(`no folder ${join(folder, 'nowhere')}`);
  });
});

test('the command passes options on, ends JupyterLab by the signal that it gets, and leaves nothing', async () => {
  fakeLab(join(folder, 'bin', 'jupyter-lab'), '4.2.0');
  const { child, finished } = start(['lab', '--no-browser', '--wait', '--folder', 'notebooks'], { folder });
  await vi.waitFor(() => expect(recorded().argv.slice(2)).toEqual(['--no-browser', '--wait']), 20_000);
  child.kill('SIGTERM');
  expect((await finished).status).toBe(143);
  expect(existsSync(recorded().jupyterPath)).toBe(false);
});
