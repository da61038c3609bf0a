import type { ElementType, Values } from './element-types.js';
import type { PyTorchFormat } from './pytorch-format.js';

/** A tensor's values, row by row. */
export interface StoredTensor {
  /** Lengths of its dimensions; [] for a single value. */
  readonly shape: readonly number[];
  /** Row by row, converted to what JavaScript has arrays for. */
  readonly values: Values;
}

/** What is known of a tensor before its values are read. */
export interface TensorDescription {
  /** Lengths of its dimensions; [] for a single value. */
  readonly shape: readonly number[];
  /** How the file stores the values. */
  readonly type: ElementType;
}

/** An open file of named tensors, of which only what is asked for is read. */
export interface TensorFile {
  /** Where it lies. */
  readonly path: string;
  /** Which program's format it is. */
  readonly format: PyTorchFormat | 'safetensors';
  /** By name; the names of nested containers are joined by dots, such as `state_dict.backbone.conv1.weight`. */
  readonly tensors: ReadonlyMap<string, TensorDescription>;
  /** Free text by name: the metadata of safetensors, or the text in the outermost dict of a PyTorch file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** @throws InputError where the file has no such tensor, is damaged, or holds values beyond float32 or int32 */
  read(name: string): Promise<StoredTensor>;
  /** Closes the file; what was read stays. */
  close(): Promise<void>;
}
