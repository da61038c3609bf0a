import module from 'node:module';
import { parseArgs } from 'node:util';
import { InputError } from '../../errors.js';
import { startKernel } from './start.js';

// From Node 22: what is compiled once is not compiled again at the next start.
(module as { enableCompileCache?(): void }).enableCompileCache?.();
const { values } = parseArgs({ options: { 'config-path': { type: 'string' } } });
const connectionFile = values['config-path'];
if (connectionFile === undefined) {
  console.error(
    'usage: node main.js --config-path CONNECTION_FILE (Jupyter calls this with its connection file)',
  );
  process.exit(2);
}
startKernel(connectionFile).catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exit(error instanceof InputError ? 2 : 1);
});
