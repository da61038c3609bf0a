import type { PickleValue } from './pickle-values.js';

/** The text beside the tensors in a dict, by name; that of nested ones is left out. */
export function textIn(root: PickleValue): Record<string, string> {
  const entries = root instanceof Map ? [...root] : [];
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[0] === 'string' && typeof entry[1] === 'string',
    ),
  );
}
