import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InputError, Interrupted } from '../errors.js';
import type { DownloadProgress } from './progress.js';

export interface DownloadOptions {
  readonly url: string;
  /** Where the file goes; its folder is made. */
  readonly path: string;
  /** MD5 checksum of the whole file, in hexadecimal. */
  readonly md5: string;
  readonly onProgress?: ((event: DownloadProgress) => void) | undefined;
}

/**
 * Downloads a file beside its place as `path.part`, and moves it there once its checksum is right. A cut connection is
 * taken up where it broke off, at once while it brings more bytes each time, else by the next call.
 * @throws InputError that names the address, the reason and the file to put where by hand
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { url, path, md5 } = options;
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await receive(options, part);
    const found = await md5Of(part);
    if (found !== md5) {
      await rm(part);
      throw new Error(`the checksum of what arrived is ${found}`);
    }
    await rename(part, path);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw new InputError(
      `Could not download ${url}: ${reasonOf(error)}. ` +
        `Put the file there by hand as ${path} (MD5 ${md5}), or try again to go on where it stopped.`,
      { cause: error },
    );
  }
}

/** MD5 checksum of a file, in hexadecimal. */
export async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function receive(options: DownloadOptions, part: string): Promise<void> {
  for (;;) {
    const before = await sizeOf(part);
    try {
      return await receiveRest(options, part, before);
    } catch (error) {
      const broughtMore = (await sizeOf(part)) > before;
      if (!broughtMore || error instanceof Refusal || error instanceof Interrupted) throw error;
    }
  }
}

/** The server's answer is no file, so that asking again is of no use. */
class Refusal extends Error {}

async function receiveRest(
  { url, path, onProgress }: DownloadOptions,
  part: string,
  have: number,
): Promise<void> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (have > 0) headers.range = `bytes=${have}-`;
  const response = await fetch(url, { headers });
  // The part is already whole, or longer than the file: the checksum tells which.
  if (response.status === 416 && have > 0) return response.body?.cancel();
  if (!response.ok || !response.body)
    throw new Refusal(`the server answered ${response.status} ${response.statusText}`);
  const start = response.status === 206 ? have : 0;
  const range = response.headers.get('content-range');
  if (start > 0 && range?.startsWith(`bytes ${start}-`) === false) {
    throw new Refusal(`asked for bytes ${start} on, the server sent ${range}`);
  }
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : start + Number(length);
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    let received = start;
    for await (const chunk of chunks) {
      received += chunk.length;
      onProgress?.({ type: 'download', file: basename(path), received, total });
      yield chunk;
    }
  }
  await pipeline(response.body, counted, createWriteStream(part, { flags: start === 0 ? 'w' : 'a' }));
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** fetch says only "fetch failed" and keeps the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
