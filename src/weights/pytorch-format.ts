import type { StorageReference, TensorReference } from './pytorch-values.js';

/** In which torch.save wrote: a zip archive since PyTorch 1.6. */
export type PyTorchFormat = 'PyTorch' | 'PyTorch before 1.6';

/** What either format of torch.save gives once its pickle is read. */
export interface OpenedPyTorch {
  readonly tensors: ReadonlyMap<string, TensorReference>;
  /** The text of its outermost dict by name. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly bigEndian: boolean;
  /** Bytes `from` to `to` of a storage. */
  readStorage(storage: StorageReference, from: number, to: number): Promise<Buffer>;
}

/** Largest pickle that is read; that of a ResNet-50 has 50 KB. */
export const mostPickleBytes = 2 ** 26;
