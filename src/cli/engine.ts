import type { Command } from 'commander';
import { type InstallTensorflowOptions, installCudaFiles, installTensorflow } from '../engine/index.js';

export function addEngine(program: Command): void {
  const engine = program.command('engine').description('Install what else can compute.');
  engine
    .command('tensorflow')
    .description("Install the engine 'tensorflow': tfjs-node-gpu, else tfjs-node.")
    .option('--wheel', "compile it against PyPI's TensorFlow without trying its own download first (Linux)")
    .option('--environment <folder>', 'compile it against the TensorFlow of this Python virtual environment')
    .action(installTensorflowFromCommandLine);
  engine
    .command('cuda')
    .description("Fetch onnxruntime's CUDA files, for --device cuda.")
    .action(installCudaFromCommandLine);
}

async function installTensorflowFromCommandLine(options: InstallTensorflowOptions): Promise<void> {
  const { reason } = await installTensorflow({ ...options, onStep: console.log });
  console.log(`The engine 'tensorflow' is ready: ${reason}`);
  console.log('After npm install or npm ci, which take it away, run this command again.');
}

async function installCudaFromCommandLine(): Promise<void> {
  const failure = await installCudaFiles();
  console.log(
    failure === undefined
      ? "The device 'cuda' is ready."
      : `The CUDA files are installed, but the device cannot be used yet: ${failure}`,
  );
}
