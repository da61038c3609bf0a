import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { InputError } from '../../errors.js';
import { type EngineInfo, use } from '../use.js';
import { addonPath, buildAddon, requireCompiler } from './addon.js';
import { installPackages } from './packages.js';
import { type Plan, plan, type Source, type Wishes } from './plan.js';
import { output, runInShell } from './programs.js';
import { projectFolder } from './project.js';
import { findTensorflow, installWheel, requirePython, type TensorflowFiles } from './wheel.js';

const tfjsNodeVersion = '4.22.0';
const nodeHeaders = 'node-api-headers@1.9.0';

/** Where {@link installTensorflow} takes TensorFlow from; by default from the package's own download. */
export interface InstallTensorflowOptions extends Wishes {
  /** Told each step in a sentence; the programs that take it write to this process's output. */
  readonly onStep?: (sentence: string) => void;
}

/**
 * Installs the engine `tensorflow` in the project that uses dcl-lab, and starts it: `@tensorflow/tfjs-node-gpu` 4.22
 * where TensorFlow exists for CUDA (x64, not macOS), `@tensorflow/tfjs-node` elsewhere. package.json and
 * package-lock.json stay as they are, so `npm install` and `npm ci` take the engine away again.
 *
 * The package's own install script downloads TensorFlow 2.9 (for CUDA 11) from storage.googleapis.com. On Linux, where
 * this fails or `wheel` is asked for, the package's C++ sources are compiled against PyPI's TensorFlow 2.21, the one
 * with CUDA where the machine has an NVIDIA GPU.
 *
 * @throws InputError where something that it takes is missing: a host, a compiler, Python, TensorFlow's files, or a
 * TensorFlow for this machine
 */
export async function installTensorflow(options: InstallTensorflowOptions = {}): Promise<EngineInfo> {
  const { onStep = () => {} } = options;
  const { platform, arch: architecture } = process;
  const nvidiaGpu = output('nvidia-smi', ['--list-gpus']) !== undefined;
  await carryOut(plan({ platform, architecture, nvidiaGpu }, options), projectFolder(), onStep);
  return use({ name: 'tensorflow' });
}

/** @throws InputError where neither the download nor the build succeeds */
export async function carryOut(
  { packageName, download, source }: Plan,
  project: string,
  onStep: (sentence: string) => void,
): Promise<void> {
  if (download) {
    onStep(`Installing ${packageName}, which downloads TensorFlow 2.9 from storage.googleapis.com.`);
    if (await downloaded(packageName, project)) return;
    onStep('The download failed; what it said stands above.');
  }
  if (source === undefined) {
    throw new InputError(
      `${packageName} could not be installed: check that storage.googleapis.com can be reached, then try again.`,
    );
  }
  await build(packageName, source, project, onStep);
}

async function downloaded(packageName: string, project: string): Promise<boolean> {
  await installPackages(project, [`${packageName}@${tfjsNodeVersion}`]);
  const folder = join(project, 'node_modules', packageName);
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const commands = [folder, project].map((at) => join(at, 'node_modules', '.bin'));
  const PATH = [...commands, process.env.PATH].join(delimiter);
  return (
    (await runInShell(scripts.install, { folder, variables: { PATH } })) && existsSync(addonPath(folder))
  );
}

async function build(
  packageName: string,
  source: Source,
  project: string,
  onStep: (sentence: string) => void,
): Promise<void> {
  const compiler = requireCompiler();
  const tensorflow = await provide(source, project, onStep);
  onStep(`Compiling ${packageName} against the TensorFlow in ${tensorflow.folder}.`);
  await installPackages(project, [`${packageName}@${tfjsNodeVersion}`, nodeHeaders]);
  const modules = join(project, 'node_modules');
  const headers = join(modules, 'node-api-headers', 'include');
  await buildAddon(compiler, join(modules, packageName), headers, tensorflow);
}

async function provide(
  source: Source,
  project: string,
  onStep: (sentence: string) => void,
): Promise<TensorflowFiles> {
  if (source.kind === 'environment') return findTensorflow(source.folder);
  requirePython();
  // Goes when node_modules goes, as the addon that is linked with it does.
  const environment = join(project, 'node_modules', '.cache', 'dcl-lab', 'tensorflow');
  onStep(`Installing ${source.requirement} from PyPI in ${environment}, more than 1 GB.`);
  await installWheel(environment, source);
  return findTensorflow(environment);
}
