import { FileBytes } from './file-bytes.js';
import { type PyTorchOptions, pytorchFormat, readPyTorch } from './pytorch.js';
import { readSafetensors } from './safetensors.js';
import type { TensorFile } from './tensor-file.js';

/**
 * Opens a file of named tensors, whatever it is called: of torch.save, in the zip format or the one before PyTorch 1.6, or safetensors.
 * Close it after reading.
 *
 * @throws InputError where it is none of these, is damaged, or is a PyTorch file with more than tensors and plain values (see
 * {@link PyTorchOptions.unknown})
 */
export async function open(path: string, options: PyTorchOptions = {}): Promise<TensorFile> {
  const file = await FileBytes.open(path);
  try {
    const format = pytorchFormat(await file.read(0, Math.min(file.size, 8)));
    return await (format === undefined ? readSafetensors(file) : readPyTorch(file, format, options));
  } catch (error) {
    await file.close();
    throw error;
  }
}
