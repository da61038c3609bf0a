import { InputError } from '../errors.js';
import type { FileBytes } from './file-bytes.js';
import { unpickle } from './pickle.js';
import { mostPickleBytes, type OpenedPyTorch } from './pytorch-format.js';
import { globalsOf, storageOf } from './pytorch-values.js';
import { refusal } from './refusal.js';
import { tensorsIn } from './tensors-in.js';
import { textIn } from './text-in.js';
import { ZipEntries } from './zip.js';

/** A zip archive: `NAME/data.pkl`, `NAME/byteorder`, and the storages as `NAME/data/KEY`. */
export async function openZip(file: FileBytes, unknown: 'refuse' | 'ignore'): Promise<OpenedPyTorch> {
  const entries = await ZipEntries.open(file);
  const folder = folderOf(entries, file.path);
  const pickleSize = entries.sizeOf(`${folder}data.pkl`)!;
  if (pickleSize > mostPickleBytes) {
    throw new InputError(
      `${file.path} has a pickle of ${pickleSize} bytes, more than ${mostPickleBytes}; it was not read.`,
    );
  }
  const refuse = refusal(file.path);
  const { value } = unpickle(await entries.read(`${folder}data.pkl`), {
    source: file.path,
    global: globalsOf(unknown, refuse),
    persistent: (id) => storageOf(id, refuse),
  });
  const byteOrder = `${folder}byteorder`;
  const order = entries.sizeOf(byteOrder) === undefined ? 'little' : String(await entries.read(byteOrder));
  return {
    tensors: tensorsIn(value, refuse),
    metadata: textIn(value),
    bigEndian: order === 'big',
    async readStorage(storage, from, to) {
      const name = `${folder}data/${storage.key}`;
      const size = entries.sizeOf(name);
      if (size !== storage.bytes) {
        throw refuse(`has ${size ?? 'no'} bytes in ${name}, where its pickle announces ${storage.bytes}`);
      }
      return entries.read(name, from, to);
    },
  };
}

/** Where the archive keeps everything, such as `archive/`. */
function folderOf(entries: ZipEntries, path: string): string {
  const pickles = entries.names.filter((name) => /^([^/]*\/)?data\.pkl$/.test(name));
  const [folder] = pickles.map((name) => name.slice(0, -'data.pkl'.length));
  if (folder === undefined || pickles.length > 1) {
    throw new InputError(
      `${path} is a zip archive, but none of torch.save: it has ${pickles.length} entries data.pkl.`,
    );
  }
  if (entries.names.some((name) => name.startsWith(`${folder}code/`))) {
    throw new InputError(
      `${path} is a TorchScript program, not weights alone: save the module's state_dict() with torch.save instead.`,
    );
  }
  return folder;
}
