import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors.js';

/** A file of which any part can be read. */
export class FileBytes {
  private constructor(
    readonly path: string,
    readonly size: number,
    readonly handle: FileHandle,
  ) {}

  /** @throws InputError naming the path where there is no such file */
  static open(path: string): Promise<FileBytes> {
    return reading(path, async () => {
      const handle = await open(path, 'r');
      const stats = await handle.stat();
      if (stats.isFile()) return new FileBytes(path, stats.size, handle);
      await handle.close();
      throw new InputError(`${path} is a folder; a file of weights is needed.`);
    });
  }

  /** @throws InputError where the file ends earlier */
  async read(from: number, to: number): Promise<Buffer> {
    if (!(from <= to && to <= this.size)) {
      throw new InputError(
        `${this.path} is cut short or damaged: it ends after ${this.size} bytes, and ${to} are needed. It was left untouched.`,
      );
    }
    return reading(this.path, async () => {
      const bytes = Buffer.from(new ArrayBuffer(to - from));
      for (let done = 0; done < bytes.length; ) {
        // The system reads at most 2 GiB at a time.
        const { bytesRead } = await this.handle.read(
          bytes,
          done,
          Math.min(bytes.length - done, 2 ** 30),
          from + done,
        );
        if (bytesRead === 0) throw new Error('it became shorter while it was read');
        done += bytesRead;
      }
      return bytes;
    });
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** @throws InputError with the path and the system's reason */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read: ${(error as Error).message}. It was left untouched.`);
  }
}
