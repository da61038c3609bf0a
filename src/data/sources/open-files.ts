import { type FileHandle, open } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { InputError } from '../../errors.js';

/** Fewer than any system lets a program have, more than images are read at once. */
const openAtOnce = 64;

/** Reads pieces of files. Files are opened as they are needed, and the one unused for longest is closed for another. */
export class OpenFiles {
  readonly #open = new LRUCache<string, Promise<FileHandle>>({
    max: openAtOnce,
    // A handle closes once the reads that it has begun are over.
    dispose: (opening) => void opening.then((file) => file.close()).catch(() => {}),
  });
  /** Each file as it was first met. */
  readonly #met = new Map<string, { readonly size: number; readonly modified: number }>();
  #abandoned = false;

  /** @throws InputError where the file cannot be opened */
  async sizeOf(path: string): Promise<number> {
    await this.#opened(path);
    return this.#met.get(path)!.size;
  }

  /** @throws InputError where the file cannot be read, is shorter, or has changed since it was first met */
  async read(path: string, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
    // Of its own memory, unlike Buffer's other ways, so that it can be handed to another thread.
    const bytes = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const file = await this.#opened(path);
      const { bytesRead } = await file.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) throw new InputError(`${path} ends before byte ${position + length}`);
      done += bytesRead;
    }
    return bytes;
  }

  /** Closes every file; reading opens them again. */
  async close(): Promise<void> {
    const opened = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(opened.map(async (opening) => (await opening).close()));
  }

  /** Closes every file, and lets none be opened again by work that is still under way. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    await this.close();
  }

  #opened(path: string): Promise<FileHandle> {
    if (this.#abandoned) return Promise.reject(new Error(`${path} is not read any more`));
    const known = this.#open.get(path);
    if (known) return known;
    const opening = this.#openSame(path);
    this.#open.set(path, opening);
    opening.catch(() => this.#open.delete(path));
    return opening;
  }

  async #openSame(path: string): Promise<FileHandle> {
    const file = await open(path).catch((error: Error) => {
      throw new InputError(`Could not open ${path}: ${error.message}`, { cause: error });
    });
    const { size, mtimeMs: modified } = await file.stat();
    const met = this.#met.get(path) ?? { size, modified };
    this.#met.set(path, met);
    if (met.size === size && met.modified === modified) return file;
    await file.close();
    throw new InputError(`${path} has changed since its images were listed; open it anew`);
  }
}

/** Lists what lies in files, and leaves none open, whether or not it succeeds. */
export async function listing<Result>(list: (files: OpenFiles) => Promise<Result>): Promise<Result> {
  const files = new OpenFiles();
  try {
    const result = await list(files);
    await files.close();
    return result;
  } catch (error) {
    await files.abandon();
    throw error;
  }
}
