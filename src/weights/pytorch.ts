/**
 * Files of torch.save: a pickle that describes tensors, and the storages that they are views of. Since PyTorch 1.6 both are
 * entries of a zip archive, before they followed each other in a plain file. See torch/serialization.py.
 */
import { InputError, requireOneOf } from '../errors.js';
import { elementBytes, swapBytes, valuesOf } from './element-types.js';
import type { FileBytes } from './file-bytes.js';
import type { OpenedPyTorch, PyTorchFormat } from './pytorch-format.js';
import { openLegacy } from './pytorch-legacy.js';
import { openZip } from './pytorch-zip.js';
import { mostHeaderBytes } from './safetensors.js';
import { extentOf, gather, sizeOf } from './strided.js';
import type { StoredTensor, TensorFile } from './tensor-file.js';

/** How careful to be with a file of `torch.save`. */
export interface PyTorchOptions {
  /**
   * What to do about names in the file that tensors and plain values do not need, such as those of hyperparameters and callbacks in
   * checkpoints of PyTorch Lightning. `refuse` (default) stops at the first and says what it is: in Python such a name can mean any
   * code. `ignore` reads what is beside them: each becomes an inert record of its name, and so does whatever a call of it would have
   * made. Nothing is executed either way, and no such record can become a tensor; but a file that names what no training
   * writes is not for opening elsewhere.
   */
  readonly unknown?: 'refuse' | 'ignore';
}

/** The format of a file that begins with these 8 bytes, or undefined where it is none of torch.save's. */
export function pytorchFormat(start: Buffer): PyTorchFormat | undefined {
  // An entry of a zip archive, or the end of one without entries.
  if (['504b0304', '504b0506'].includes(start.toString('hex', 0, 4))) return 'PyTorch';
  // A pickle of protocol 2 to 5; as the length of a safetensors header, which it could be too, it is beyond the limit.
  const isPickle = start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5 && start.length === 8;
  return isPickle && start.readBigUInt64LE() > mostHeaderBytes ? 'PyTorch before 1.6' : undefined;
}

/** @throws InputError where the file is damaged, or holds anything beside tensors and plain values */
export async function readPyTorch(
  file: FileBytes,
  format: PyTorchFormat,
  { unknown = 'refuse' }: PyTorchOptions,
): Promise<TensorFile> {
  requireOneOf('unknown', unknown, ['refuse', 'ignore']);
  const opened = await (format === 'PyTorch' ? openZip : openLegacy)(file, unknown);
  return {
    path: file.path,
    format,
    tensors: opened.tensors,
    metadata: opened.metadata,
    read: (name) => readTensor(opened, file.path, name),
    close: () => file.close(),
  };
}

async function readTensor(opened: OpenedPyTorch, path: string, name: string): Promise<StoredTensor> {
  const tensor = opened.tensors.get(name);
  if (tensor === undefined) throw new InputError(`${path} has no tensor ${name}.`);
  const { storage, type, offset, shape, strides } = tensor;
  const elements = sizeOf(shape);
  if (elements * elementBytes[type] > storage.bytes) {
    throw new InputError(
      `${path}: the tensor ${name} of shape [${shape}] repeats the values of a storage of ${storage.bytes} bytes, which is ` +
        'not read. The file was left untouched.',
    );
  }
  const first = offset * elementBytes[type];
  const length = elements === 0 ? 0 : (extentOf(shape, strides) + 1) * elementBytes[type];
  const bytes = await opened.readStorage(storage, first, first + length);
  if (opened.bigEndian) swapBytes(bytes, type);
  return { shape, values: gather(valuesOf(bytes, type, name), shape, strides) };
}
