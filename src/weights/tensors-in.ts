import type { PickleValue } from './pickle-values.js';
import { TensorReference } from './pytorch-values.js';
import type { Refuse } from './refusal.js';

/** Deepest nesting, and most values looked at: a container can be in many others, so a small file can list endlessly. */
const limits = { depth: 64, values: 2 ** 20 };

/**
 * The tensors in nested dicts and lists by their path, joined by dots: `state_dict.conv1.weight`.
 * @throws what `refuse` gives where containers hold themselves, or two tensors have the same path
 */
export function tensorsIn(root: PickleValue, refuse: Refuse): Map<string, TensorReference> {
  const tensors = new Map<string, TensorReference>();
  let visited = 0;
  const visit = (value: PickleValue, path: readonly string[]): void => {
    visited += 1;
    if (path.length > limits.depth || visited > limits.values) {
      throw refuse(
        `has a container within itself, one nested more than ${limits.depth} deep, or more than ${limits.values} values`,
      );
    }
    if (value instanceof TensorReference) {
      const name = path.join('.');
      if (tensors.has(name)) throw refuse(`has two tensors ${name}`);
      tensors.set(name, value);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, String(index)]);
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        if (typeof key === 'string' || typeof key === 'number') visit(item, [...path, String(key)]);
      }
    }
  };
  visit(root, []);
  return tensors;
}
