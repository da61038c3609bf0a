/** Decides how TensorFlow comes onto a machine; changes nothing. */
import { InputError } from '../../errors.js';

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** As in `process.arch`. */
  readonly architecture: string;
  /** Whether an NVIDIA GPU and its driver are there. */
  readonly nvidiaGpu: boolean;
}

export interface Wishes {
  /** Compile against PyPI's TensorFlow without trying the package's own download first. Default false. */
  readonly wheel?: boolean;
  /** Folder of a Python virtual environment that has TensorFlow, to compile against; implies `wheel`. */
  readonly environment?: string;
}

/** Whose library and headers the addon is compiled against. */
export type Source =
  | {
      readonly kind: 'wheel';
      /** What pip installs into a virtual environment of our own. */
      readonly requirement: string;
      /** Whether with what it depends on: TensorFlow's CUDA libraries are among that, the rest is for Python alone. */
      readonly dependencies: boolean;
    }
  | { readonly kind: 'environment'; readonly folder: string };

export interface Plan {
  readonly packageName: '@tensorflow/tfjs-node-gpu' | '@tensorflow/tfjs-node';
  /** Whether the package's install script is tried first, which downloads TensorFlow 2.9. */
  readonly download: boolean;
  /** What is left where nothing is downloaded. */
  readonly source?: Source;
}

/**
 * tfjs-node-gpu where TensorFlow exists for CUDA (x64, not macOS), tfjs-node elsewhere.
 * @throws InputError for `wheel` or `environment` on machines whose wheels hold no library to link with
 */
export function plan(machine: Machine, { wheel = false, environment }: Wishes): Plan {
  const { platform, architecture } = machine;
  const cudaExists = architecture === 'x64' && platform !== 'darwin';
  const packageName = cudaExists ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const download = !wheel && environment === undefined;
  if (platform === 'linux' && ['x64', 'arm64'].includes(architecture)) {
    const source = environment === undefined ? wheelFor(machine) : environmentAt(environment);
    return { packageName, download, source };
  }
  if (download) return { packageName, download };
  throw new InputError(
    `tfjs-node can be compiled against PyPI's TensorFlow on Linux x64 and arm64 only, and this is ${platform} ` +
      `${architecture}: leave --wheel and --environment out to download TensorFlow 2.9.`,
  );
}

function environmentAt(folder: string): Source {
  return { kind: 'environment', folder };
}

/** The version that the sources of tfjs-node 4.22 are known to compile against. */
const version = '2.21.0';

function wheelFor({ architecture, nvidiaGpu }: Machine): Source {
  if (architecture === 'arm64') return wheelOf('tensorflow', false);
  return nvidiaGpu ? wheelOf('tensorflow[and-cuda]', true) : wheelOf('tensorflow-cpu', false);
}

function wheelOf(name: string, dependencies: boolean): Source {
  return { kind: 'wheel', requirement: `${name}==${version}`, dependencies };
}
