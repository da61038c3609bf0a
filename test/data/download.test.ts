import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download, md5Of } from '../../src/data/download.js';
import type { DownloadProgress } from '../../src/data/progress.js';
import { InputError } from '../../src/errors.js';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) % 256));
const md5 = createHash('md5').update(content).digest('hex');

let folder: string;
let path: string;
let server: Server;
let url: string;
/** Range header of each request, in order. */
let ranges: (string | undefined)[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  path = join(folder, 'made', 'archive.bin');
  ranges = [];
  answer = serve;
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.bin`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});

function startOf(request: IncomingMessage): number {
  return Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** A server that knows ranges. */
function serve(request: IncomingMessage, response: ServerResponse, end = content.length): void {
  const start = startOf(request);
  if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': content.length - start,
    'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
  });
  const body = content.subarray(start, end);
  if (end === content.length) response.end(body);
  else response.write(body);
}

async function putPart(bytes: Uint8Array): Promise<void> {
  path = join(folder, 'archive.bin');
  await writeFile(`${path}.part`, bytes);
}

test('downloads a file, reports its progress and leaves no part behind', async () => {
  const events: DownloadProgress[] = [];
  await download({ url, path, md5, onProgress: (event) => events.push(event) });
  expect(await md5Of(path)).toBe(md5);
  expect(await readdir(join(folder, 'made'))).toEqual(['archive.bin']);
  const received = events.map((event) => event.received);
  expect(received).toEqual([...received].sort((a, b) => a - b));
  expect(events.at(-1)).toEqual({
    type: 'download',
    file: 'archive.bin',
    received: content.length,
    total: content.length,
  });
});

test('goes on where a connection was cut, while each brings more', async () => {
  let cut = 0;
  let open: ServerResponse;
  answer = (request, response) => {
    open = response;
    cut = Math.min(startOf(request) + 120_000, content.length);
    serve(request, response, cut);
  };
  const cutWhenReceived = ({ received }: DownloadProgress) => {
    if (received === cut && cut < content.length) open.destroy();
  };
  await download({ url, path, md5, onProgress: cutWhenReceived });
  expect(await md5Of(path)).toBe(md5);
  expect(ranges.length).toBeGreaterThan(2);
  expect(ranges.slice(1)).not.toContain(undefined);
});

test('goes on from the part that an earlier call left', async () => {
  await putPart(content.subarray(0, 200_000));
  const events: DownloadProgress[] = [];
  await download({ url, path, md5, onProgress: (event) => events.push(event) });
  expect(await md5Of(path)).toBe(md5);
  expect(ranges).toEqual(['bytes=200000-']);
  expect(events.at(0)!.received).toBeGreaterThan(200_000);
  expect(events.at(-1)!.total).toBe(content.length);
});

test('needs nothing more when the part is already whole', async () => {
  await putPart(content);
  await download({ url, path, md5 });
  expect(await md5Of(path)).toBe(md5);
});

test('begins anew with a server that ignores ranges', async () => {
  await putPart(content.subarray(0, 200_000));
  answer = (_, response) => response.end(content);
  await download({ url, path, md5 });
  expect(await md5Of(path)).toBe(md5);
});

test('keeps the part when the connection stays dead, for the next call', async () => {
  let open: ServerResponse;
  answer = (request, response) => {
    open = response;
    if (ranges.length === 1) serve(request, response, 120_000);
    else response.destroy();
  };
  const cutWhenReceived = ({ received }: DownloadProgress) => received === 120_000 && open.destroy();
  await expect(download({ url, path, md5, onProgress: cutWhenReceived })).rejects.toThrow(InputError);
  expect(await readdir(join(folder, 'made'))).toEqual(['archive.bin.part']);
  answer = serve;
  await download({ url, path, md5 });
  expect(await md5Of(path)).toBe(md5);
  expect(ranges.at(-1)).toMatch(/bytes=\d+-/);
});

test('refuses a file with another checksum, and begins anew the next time', async () => {
  const wrong = 'ffffffffffffffffffffffffffffffff';
  const attempt = download({ url, path, md5: wrong });
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(`the checksum of what arrived is ${md5}`);
  expect(await readdir(join(folder, 'made'))).toEqual([]);
});

test('drops a part that belongs to another file', async () => {
  await putPart(Buffer.alloc(200_000));
  await expect(download({ url, path, md5 })).rejects.toThrow('checksum');
  await download({ url, path, md5 });
  expect(await md5Of(path)).toBe(md5);
});

test('refuses another range than the one asked for', async () => {
  await putPart(content.subarray(0, 200_000));
  answer = (_, response) => {
    response.writeHead(206, { 'content-range': `bytes 5-${content.length - 1}/${content.length}` });
    response.end(content.subarray(5));
  };
  await expect(download({ url, path, md5 })).rejects.toThrow(
    'asked for bytes 200000 on, the server sent bytes 5-',
  );
  expect((await readFile(`${path}.part`)).length).toBe(200_000);
});

test('names the address, the reason and the file to put there by hand', async () => {
  answer = (_, response) => response.writeHead(404).end('no such file');
  const attempt = download({ url, path, md5 });
  await expect(attempt).rejects.toThrow(`Could not download ${url}: the server answered 404 Not Found.`);
  await expect(attempt).rejects.toThrow(`Put the file there by hand as ${path} (MD5 ${md5})`);
  expect(ranges.length).toBe(1);
});

test('says why a server cannot be reached', async () => {
  await new Promise((closed) => server.close(closed));
  await expect(download({ url, path, md5 })).rejects.toThrow('ECONNREFUSED');
  server.listen(0);
});
