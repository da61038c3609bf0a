import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { InputError } from '../../errors.js';
import { deviceFailure } from '../probe.js';
import { run } from './programs.js';

const require = createRequire(import.meta.url);

/**
 * Fetches the files by which onnxruntime computes on NVIDIA GPUs (`device: 'cuda'`) from nuget.org and puts them into
 * the installed onnxruntime-node, by the install script that comes with it. Installing onnxruntime-node anew takes them
 * away again.
 *
 * @returns why the device cannot be used all the same, such as a missing driver; undefined if it can
 * @throws InputError on machines other than Linux x64 and where the files cannot be fetched
 */
export async function installCudaFiles(): Promise<string | undefined> {
  requireCudaFiles(process.platform, process.arch);
  const folder = dirname(require.resolve('onnxruntime-node/package.json'));
  // Stronger than the setting onnxruntime-node-install=skip, which `npm run` passes on.
  const variables = { ONNXRUNTIME_NODE_INSTALL: 'true' };
  if (await run(process.execPath, ['script/install.js'], { folder, variables })) return deviceFailure('cuda');
  throw new InputError(
    "onnxruntime's CUDA files could not be fetched; what its install script said stands above. It downloads a few " +
      'hundred MB from api.nuget.org: check that this host can be reached, then try again.',
  );
}

/** @throws InputError where onnxruntime-node has no CUDA files for the machine */
export function requireCudaFiles(platform: string, architecture: string): void {
  if (platform === 'linux' && architecture === 'x64') return;
  throw new InputError(
    `onnxruntime-node has CUDA files for Linux x64 only, and this is ${platform} ${architecture}: ` +
      "use device 'webgpu', which needs nothing else.",
  );
}
