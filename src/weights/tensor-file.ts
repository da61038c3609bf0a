import type { ElementType, Values } from './element-types.js';
import type { PyTorchFormat } from './pytorch-format.js';

/** A tensor's values, row by row. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Values;
}

/** What is known of a tensor before its values are read. */
export interface TensorDescription {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

/** An open file of named tensors, of which only what is asked for is read. */
export interface TensorFile {
  readonly path: string;
  readonly format: PyTorchFormat | 'safetensors';
  /** By name; the names of nested containers are joined by dots, such as `state_dict.backbone.conv1.weight`. */
  readonly tensors: ReadonlyMap<string, TensorDescription>;
  /** Free text by name, of safetensors. */
  readonly metadata: Readonly<Record<string, string>>;
  /** @throws InputError where the file has no such tensor, is damaged, or holds values beyond float32 or int32 */
  read(name: string): Promise<StoredTensor>;
  close(): Promise<void>;
}
