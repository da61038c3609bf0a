import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { InputError } from '../errors.js';
import { type FileBytes, reading } from './file-bytes.js';

const methods = { stored: 0, deflated: 8 };

/** Deflated entries above this size are refused where they claim to inflate more than `mostInflation` times. */
const smallEntry = 2 ** 20;
const mostInflation = 100;

/** The entries of a zip archive, of which any part can be read. torch.save stores them; other programs deflate them. */
export class ZipEntries {
  private constructor(
    private readonly file: FileBytes,
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws InputError where the archive is damaged, or an entry has the name of another or one that leaves its folder */
  static open(file: FileBytes): Promise<ZipEntries> {
    return reading(file.path, async () => {
      const zip = await yauzl.fromFdPromise(file.handle.fd, { autoClose: false, strictFileNames: true });
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        if (entries.has(entry.fileName)) throw new Error(`it has two entries ${entry.fileName}`);
        entries.set(entry.fileName, entry);
      }
      return new ZipEntries(file, zip, entries);
    });
  }

  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** Bytes that the entry holds, as the archive says; undefined where there is no such entry. */
  sizeOf(name: string): number | undefined {
    return this.entries.get(name)?.uncompressedSize;
  }

  /**
   * A part of an entry, or all of it, which is then compared with its checksum, unless that is 0: torch.save can be told to
   * leave it out.
   * @throws InputError where it is missing, damaged, encrypted, or inflates to more or less than it claims
   */
  async read(name: string, from = 0, to = this.sizeOf(name) ?? 0): Promise<Buffer> {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw new InputError(`${this.file.path} has no entry ${name}. It was left untouched.`);
    const whole = from === 0 && to === entry.uncompressedSize;
    const stored = entry.compressionMethod === methods.stored && !entry.isEncrypted();
    const bytes = stored
      ? await this.readStored(entry, from, to)
      : (await this.inflate(entry)).subarray(from, to);
    if (whole && entry.crc32 !== 0 && crc32(bytes) !== entry.crc32) {
      throw new InputError(
        `${this.file.path} is damaged: the checksum of its entry ${name} does not match. It was left untouched.`,
      );
    }
    return bytes;
  }

  private async readStored(entry: Entry, from: number, to: number): Promise<Buffer> {
    const { fileDataStart } = await reading(this.file.path, () =>
      this.zip.readLocalFileHeaderPromise(entry, { minimal: true }),
    );
    return this.file.read(fileDataStart + from, fileDataStart + to);
  }

  private inflate(entry: Entry): Promise<Buffer> {
    const { fileName, compressedSize, uncompressedSize } = entry;
    if (uncompressedSize > Math.max(smallEntry, mostInflation * compressedSize)) {
      throw new InputError(
        `${this.file.path}: its entry ${fileName} claims to inflate from ${compressedSize} to ${uncompressedSize} bytes, more than ` +
          `${mostInflation} times; it was not read.`,
      );
    }
    return reading(this.file.path, async () => {
      if (compressedSize > this.file.size) throw new Error(`its entry ${fileName} is longer than the file`);
      return buffer(await this.zip.openReadStreamPromise(entry));
    });
  }
}
