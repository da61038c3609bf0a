/** What the tests of the other rooms compute with; the environment variable DCL_ENGINE names another engine. */
import { type EngineName, use } from '../src/engine/index.js';

const chosen = process.env.DCL_ENGINE as EngineName | undefined;

/** For tests that must hold on every engine. */
export const engines: readonly EngineName[] = chosen === undefined ? ['cpu', 'onnxruntime'] : [chosen];

/** For tests where the engine makes no difference: plain JavaScript, which starts at once. */
export async function useAnyEngine(): Promise<void> {
  await use({ name: chosen ?? 'cpu' });
}
