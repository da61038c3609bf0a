import { Header, type HeaderData, Pax } from 'tar';
import { InputError } from '../../errors.js';
import type { OpenFiles } from './open-files.js';

/** A file in an archive, and where its contents lie. */
export interface TarEntry {
  /** As the archive gives it, which may be anything: for classes and messages, never a path on disk. */
  readonly name: string;
  /** Of its first byte, from the beginning of the archive's file. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
}

const blockLength = 512;
/** Enough for a header, a small file and the next header, as in shards of images with labels. */
const windowLength = 2048;
/** For names and extended headers, which are read whole, and for what pads an archive's end. */
const mostRead = 2 ** 20;

const fileTypes = new Set<string>(['File', 'OldFile', 'ContiguousFile']);

/**
 * The files of a tar archive in its order, found by reading headers and passing over the contents. Knows ustar, pax and
 * GNU archives, long names and sizes above 8 GiB; folders are passed over.
 * @param path - the file on disk
 * @param nested - the archive's place in the file where it lies within another; its name is then for messages
 * @throws InputError for an archive that is cut short or damaged, or holds links, devices or sparse files
 */
export async function* tarEntries(
  files: OpenFiles,
  path: string,
  nested?: TarEntry,
): AsyncGenerator<TarEntry> {
  const { name, offset, size } = nested ?? { name: path, offset: 0, size: await files.sizeOf(path) };
  const blocks = new Blocks(files, path, offset + size, nested ? `${path}: ${name}` : path);
  let own: HeaderData | undefined;
  let shared: Pax | undefined;
  for (let position = offset; ; ) {
    const header = await blocks.header(position, own, shared);
    if (!header) return blocks.requireEnd(position);
    // The package puts the prefix of a plain header before the whole name of an extended one.
    const entry = { name: own?.path ?? header.path, offset: position + blockLength, size: header.size };
    position = blocks.endOf(entry);
    switch (header.type) {
      case 'ExtendedHeader':
      case 'OldExtendedHeader':
        own = Pax.parse(await blocks.text(entry), own);
        break;
      case 'GlobalExtendedHeader':
        shared = Pax.parse(await blocks.text(entry), shared, true);
        break;
      case 'NextFileHasLongPath':
      case 'OldGnuLongPath':
        own = { ...own, path: (await blocks.text(entry)).split('\0', 1)[0]! };
        break;
      case 'NextFileHasLongLinkpath':
        break;
      default:
        if (fileTypes.has(header.type)) yield entry;
        else if (header.type !== 'Directory') throw blocks.notFile(entry, header.type);
        own = undefined;
    }
  }
}

/** Reads the blocks of one archive, a few at a time, and holds it to the format. */
class Blocks {
  readonly #files: OpenFiles;
  readonly #path: string;
  readonly #end: number;
  readonly #name: string;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(files: OpenFiles, path: string, end: number, name: string) {
    this.#files = files;
    this.#path = path;
    this.#end = end;
    this.#name = name;
  }

  /** The header there, or undefined for the block of zeros that ends an archive. */
  async header(position: number, own: HeaderData | undefined, shared: Pax | undefined) {
    if (position + blockLength > this.#end) {
      throw this.#cutShort('it has no block of zeros at its end');
    }
    const header = decoded(await this.#bytes(position, blockLength), own, shared);
    if (header?.nullBlock) return undefined;
    const { path = '', size } = header ?? {};
    if (!header?.cksumValid || !Number.isSafeInteger(size)) {
      throw new InputError(
        `${this.#name} is damaged: byte ${position} of the file begins no header; download it again`,
      );
    }
    return { path, size: size!, type: header.type };
  }

  /** Where the next header is. */
  endOf({ name, offset, size }: TarEntry): number {
    if (offset + size <= this.#end) return offset + Math.ceil(size / blockLength) * blockLength;
    throw this.#cutShort(`it has ${this.#end - offset} of the ${size} bytes of ${name}`);
  }

  async text({ offset, size }: TarEntry): Promise<string> {
    if (size <= mostRead) return (await this.#bytes(offset, size)).toString('utf8');
    throw new InputError(
      `${this.#name} has a name or extended header of ${size} bytes, at byte ${offset} of the file`,
    );
  }

  /** A download with gaps in it has zeros in the midst of files. */
  async requireEnd(position: number): Promise<void> {
    const rest = this.#end - position;
    const zeros = rest <= mostRead && (await this.#bytes(position, rest)).every((byte) => byte === 0);
    if (!zeros) throw this.#cutShort(`a block of zeros ends it ${rest} bytes before its end`);
  }

  notFile({ name }: TarEntry, type: string): InputError {
    return new InputError(
      `${this.#name}: ${name} is of type ${type}; write the archive anew with nothing but files`,
    );
  }

  #cutShort(how: string): InputError {
    return new InputError(`${this.#name} is incomplete: ${how}; download it again`);
  }

  async #bytes(position: number, length: number): Promise<Buffer> {
    const start = position - this.#windowStart;
    if (start >= 0 && start + length <= this.#window.length)
      return this.#window.subarray(start, start + length);
    const readable = Math.max(length, Math.min(windowLength, this.#end - position));
    this.#window = await this.#files.read(this.#path, position, readable);
    this.#windowStart = position;
    return this.#window.subarray(0, length);
  }
}

/** Undefined where a number in it is none. */
function decoded(block: Buffer, own: HeaderData | undefined, shared: Pax | undefined): Header | undefined {
  try {
    return new Header(block, 0, own, shared);
  } catch {
    return undefined;
  }
}
