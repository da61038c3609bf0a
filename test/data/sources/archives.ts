import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Header, types } from 'tar';

export interface Entry {
  readonly name: string;
  readonly contents?: string | Uint8Array;
  readonly type?: string;
}

export const block = 512;
/** What ends an archive. */
export const endMark = Buffer.alloc(2 * block);

function padded(contents: Uint8Array): Buffer {
  return Buffer.concat([contents, Buffer.alloc((block - (contents.length % block)) % block)]);
}

/** A header with any name of up to 100 bytes, whatever it asks for. */
export function headerOf(name: string, size: number, type = 'File'): Buffer {
  const header = new Header({ path: 'x', size, mode: 0o644, mtime: new Date(0) });
  header.encode();
  const bytes = header.block!;
  bytes.fill(0, 0, 100);
  Buffer.from(name).copy(bytes, 0, 0, 100);
  bytes[156] = types.code.get(type as types.EntryTypeName)!.charCodeAt(0);
  return signed(bytes);
}

/** Sets a header's checksum right. */
export function signed(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** An entry; names above 100 bytes in the GNU way. */
export function entryOf({ name, contents = '', type }: Entry): Buffer {
  const body = Buffer.from(contents);
  const long = Buffer.from(`${name}\0`);
  const extra =
    long.length > 101 ? [headerOf('././@LongLink', long.length, 'NextFileHasLongPath'), padded(long)] : [];
  return Buffer.concat([...extra, headerOf(name, body.length, type), padded(body)]);
}

export function tarOf(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), endMark]);
}

/** A tar of tars, one for each class. */
export function trainTarOf(classes: Readonly<Record<string, readonly Entry[]>>): Buffer {
  return tarOf(
    Object.entries(classes).map(([name, images]) => ({ name: `${name}.tar`, contents: tarOf(images) })),
  );
}

export async function save(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
