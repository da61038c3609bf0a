import { fileURLToPath } from 'node:url';

/** Path of a file that test/golden/weights.py wrote. */
export function goldenFile(name: string): string {
  return fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url));
}
