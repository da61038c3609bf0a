/** The native addon of tfjs-node, compiled from the C++ sources in its npm package. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../errors.js';
import { output, run } from './programs.js';
import type { TensorflowFiles } from './wheel.js';

/** The newest version of Node-API that tfjs-node 4.22 is made for; it looks for its addon under this number. */
const nodeApi = 8;

/** Where tfjs-node looks for its addon. */
export function addonPath(packageFolder: string): string {
  return join(packageFolder, 'lib', `napi-v${nodeApi}`, 'tfjs_binding.node');
}

/** @returns the C++ compiler. @throws InputError where there is none */
export function requireCompiler(compiler = process.env.CXX || 'g++'): string {
  if (output(compiler, ['--version']) !== undefined) return compiler;
  throw new InputError(
    `The C++ compiler \`${compiler}\` does not run: install one (on Debian and Ubuntu: \`apt-get install g++\`), or name ` +
      'yours in the environment variable CXX.',
  );
}

/**
 * What the compiler is called with. The addon remembers the folder of TensorFlow's libraries, so that it loads without
 * LD_LIBRARY_PATH.
 */
export function compilerArguments(
  packageFolder: string,
  nodeHeaders: string,
  tensorflow: TensorflowFiles,
): string[] {
  return [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${nodeApi}`],
    ...[nodeHeaders, tensorflow.headers].map((folder) => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => join(packageFolder, 'binding', source)),
    ...['-o', addonPath(packageFolder)],
    ...tensorflow.libraries.map((library) => join(tensorflow.folder, library)),
    `-Wl,-rpath,${tensorflow.folder}`,
  ];
}

/** @throws InputError where the sources do not compile */
export async function buildAddon(
  compiler: string,
  packageFolder: string,
  nodeHeaders: string,
  tensorflow: TensorflowFiles,
): Promise<void> {
  await mkdir(dirname(addonPath(packageFolder)), { recursive: true });
  const args = compilerArguments(packageFolder, nodeHeaders, tensorflow);
  if (await run(compiler, args, { folder: packageFolder })) return;
  throw new InputError(
    `tfjs-node's addon does not compile against the TensorFlow in ${tensorflow.folder}; what ${compiler} said stands ` +
      'above. TensorFlow 2.21 is known to work.',
  );
}
