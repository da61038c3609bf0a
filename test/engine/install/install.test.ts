/** The installation with programs that only write down how they were called, in place of npm, Python and the compiler. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addonPath } from '../../../src/engine/install/addon.js';
import { requireCudaFiles } from '../../../src/engine/install/cuda.js';
import type { Source } from '../../../src/engine/install/plan.js';
import { projectFolder } from '../../../src/engine/install/project.js';
import { carryOut } from '../../../src/engine/install/tensorflow.js';
import { InputError } from '../../../src/errors.js';

const packageName = '@tensorflow/tfjs-node-gpu';
const wheel: Source = { kind: 'wheel', requirement: 'tensorflow-cpu==2.21.0', dependencies: false };

describe.skipIf(process.platform === 'win32')('carrying out a plan', () => {
  let project: string;
  let steps: string[];

  /** A program that appends its name and arguments to the log, and then does as the script says. */
  async function program(path: string, script = ''): Promise<void> {
    const name = path.split('/').at(-1);
    await writeFile(path, `#!/bin/sh\necho ${name} "$@" >> ${project}/log\n${script}\n`);
    await chmod(path, 0o755);
  }

  async function inModules(path: string, content = ''): Promise<void> {
    const file = join(project, 'node_modules', path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }

  /** A virtual environment with a TensorFlow of the given files. */
  async function environment(files: readonly string[]): Promise<string> {
    const folder = join(project, 'venv');
    const tensorflow = join(folder, 'tensorflow');
    await mkdir(join(folder, 'bin'), { recursive: true });
    await program(join(folder, 'bin/python'), `[ "$1" = -m ] || echo ${tensorflow}/__init__.py`);
    for (const file of files) {
      await mkdir(join(tensorflow, file, '..'), { recursive: true });
      await writeFile(join(tensorflow, file), '');
    }
    return folder;
  }

  const wholeTensorflow = [
    'libtensorflow_cc.so.2',
    'libtensorflow_framework.so.2',
    'include/tensorflow/c/c_api.h',
  ];

  const follow = (download: boolean, source?: Source) =>
    carryOut({ packageName, download, ...(source ? { source } : {}) }, project, (step) => steps.push(step));
  const log = async () =>
    (await readFile(join(project, 'log'), 'utf8')).replaceAll(project, 'PROJECT').trim().split('\n');

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'dcl-lab-install-'));
    steps = [];
    await mkdir(join(project, 'bin'));
    vi.stubEnv('PATH', `${join(project, 'bin')}${delimiter}${process.env.PATH}`);
    vi.stubEnv('CXX', 'a-compiler');
    for (const name of ['npm', 'a-compiler', 'python3']) await program(join(project, 'bin', name));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(project, { recursive: true });
  });

  const installScript = (script: string) =>
    inModules(`${packageName}/package.json`, JSON.stringify({ scripts: { install: script } }));

  it("leaves it at the package's own install script where that succeeds", async () => {
    await installScript('mkdir -p lib/napi-v8 && touch lib/napi-v8/tfjs_binding.node');
    await follow(true, wheel);
    expect(await log()).toEqual([
      'npm install --no-save --save-prod --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node-gpu@4.22.0',
    ]);
    expect(steps).toHaveLength(1);
  });

  it('compiles the sources against a TensorFlow of its own where the install script fails', async () => {
    await installScript('exit 1');
    // The environment that python3 would make.
    const made = `mkdir -p "$3" && cp -r ${await environment(wholeTensorflow)}/. "$3"`;
    await program(join(project, 'bin/python3'), `[ "$2" = venv ] && ${made} || true`);
    await follow(true, wheel);
    expect(steps.join('\n')).toMatch(
      /downloads TensorFlow 2\.9.*\nThe download failed.*\nInstalling tensorflow-cpu==2\.21\.0/,
    );
    const calls = await log();
    const cache = 'PROJECT/node_modules/.cache/dcl-lab/tensorflow';
    expect(calls).toContain(`python3 -m venv ${cache}`);
    expect(calls).toContain('python -m pip install --no-deps tensorflow-cpu==2.21.0');
    expect(calls.at(-1)).toMatch(/^a-compiler -shared /);
  });

  it('compiles against the TensorFlow of a given environment, and installs nothing in it', async () => {
    const folder = await environment(wholeTensorflow);
    await follow(false, { kind: 'environment', folder });
    const calls = await log();
    expect(calls.filter((call) => call.includes('pip'))).toEqual([]);
    const modules = 'PROJECT/node_modules';
    const tensorflow = 'PROJECT/venv/tensorflow';
    const binding = `${modules}/${packageName}/binding`;
    expect(calls.at(-1)).toBe(
      `a-compiler -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 -I${modules}/node-api-headers/include ` +
        `-I${tensorflow}/include ${binding}/tfjs_backend.cc ${binding}/tfjs_binding.cc ` +
        `-o ${addonPath(`${modules}/${packageName}`)} ${tensorflow}/libtensorflow_cc.so.2 ` +
        `${tensorflow}/libtensorflow_framework.so.2 -Wl,-rpath,${tensorflow}`,
    );
  });

  const refused = async (download: boolean, source: Source | undefined, message: RegExp | string) => {
    const outcome = follow(download, source);
    await expect(outcome).rejects.toThrow(InputError);
    await expect(outcome).rejects.toThrow(message);
  };

  it('says that the host is needed where nothing is left after the download', async () => {
    await installScript('exit 1');
    await refused(true, undefined, /check that storage\.googleapis\.com can be reached/);
  });

  it('names what is missing, before it installs anything', async () => {
    await refused(false, { kind: 'environment', folder: '/nowhere' }, '/nowhere is no virtual environment');
    const withoutHeaders = await environment(wholeTensorflow.slice(0, 2));
    await refused(false, { kind: 'environment', folder: withoutHeaders }, /c_api\.h is missing/);
    await program(join(withoutHeaders, 'bin/python'), '[ "$1" = --version ]');
    await refused(false, { kind: 'environment', folder: withoutHeaders }, /-m pip install tensorflow` \(or/);
    await program(join(project, 'bin/python3'), 'exit 1');
    await refused(false, wheel, /`python3` is not one: install Python 3\.10 to 3\.13/);
    vi.stubEnv('CXX', 'no-compiler');
    await refused(false, wheel, /compiler `no-compiler` does not run/);
    expect((await log()).filter((call) => call.startsWith('npm'))).toEqual([]);
  });

  it('says what failed when npm, Python, pip or the compiler fail', async () => {
    const folder = await environment(wholeTensorflow);
    await program(join(project, 'bin/a-compiler'), '[ "$1" = --version ]');
    await refused(false, { kind: 'environment', folder }, /does not compile against the TensorFlow in/);
    await program(join(project, 'bin/npm'), 'exit 1');
    await refused(false, { kind: 'environment', folder }, /npm could not install .*tfjs-node-gpu@4\.22\.0/);
    await refused(false, wheel, /pip could not install tensorflow-cpu==2\.21\.0/);
    await program(join(project, 'bin/python3'), '[ "$1" = -c ]');
    await refused(false, wheel, /No virtual environment could be made in/);
  });
});

describe('where packages go', () => {
  it('into the project that has dcl-lab among its packages, else beside its own', () => {
    expect(projectFolder('/home/me/project/node_modules/dcl-lab')).toBe('/home/me/project');
    expect(projectFolder('/home/me/p/node_modules/a/node_modules/dcl-lab/')).toBe('/home/me/p');
    expect(projectFolder('/home/me/dcl-lab/')).toBe('/home/me/dcl-lab');
  });
});

describe("onnxruntime's CUDA files", () => {
  it('exist for Linux x64 only', () => {
    requireCudaFiles('linux', 'x64');
    expect(() => requireCudaFiles('win32', 'x64')).toThrow(/Linux x64 only, and this is win32 x64/);
    expect(() => requireCudaFiles('linux', 'arm64')).toThrow(InputError);
  });
});
