/** The engine `tensorflow`: tfjs-node-gpu, else tfjs-node, where the user has installed one of them. */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';

/** In the order in which they are tried. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const require = createRequire(import.meta.url);

interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
}

export interface LoadedTensorflow {
  readonly packageName: string;
  readonly seesGpu: boolean;
}

/** Loads the first of the packages that is installed and works; its backend registers itself. */
export function loadTensorflow(): LoadedTensorflow | { readonly failures: readonly string[] } {
  prepareProcess();
  const failures: string[] = [];
  for (const packageName of packages) {
    try {
      require(packageName);
      const backend = tf.findBackend('tensorflow') as TensorflowBackend | null;
      if (backend !== null) return { packageName, seesGpu: backend.isUsingGpuDevice };
      failures.push(`${packageName} loaded another copy of TensorFlow.js`);
    } catch (error) {
      failures.push(explain(packageName, error as NodeJS.ErrnoException));
    }
  }
  return { failures };
}

function explain(packageName: string, error: NodeJS.ErrnoException): string {
  // What else tfjs-node says is advice to compile it by node-gyp.
  const [line = ''] = error.message.split(/\.? *\n/, 1);
  const missing = error.code === 'MODULE_NOT_FOUND' && line.includes(packageName);
  return missing ? `${packageName} is not installed` : `${packageName} does not load: ${line}`;
}

/** Two of `node:util`'s functions that tfjs-node 4.22 calls; Node 22 warns of them, Node 23 dropped them. */
interface FormerUtil {
  isArray?: (value: unknown) => boolean;
  isNullOrUndefined?: (value: unknown) => boolean;
}

function prepareProcess(): void {
  const util = require('node:util') as FormerUtil;
  util.isArray = Array.isArray;
  util.isNullOrUndefined = (value) => value === null || value === undefined;
  // Warnings and errors only: by default TensorFlow tells on standard error which instructions it uses.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
}
