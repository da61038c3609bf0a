/** Long work in a cell ends at the stop button, with an error that says so, and leaves nothing behind. */
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { download } from '../../src/data/download.js';
import { load, writeImageFolder } from '../../src/data/index.js';
import { Interrupted } from '../../src/errors.js';
import {
  alignmentUniformity,
  embed,
  extractFeatures,
  knn,
  linearEvaluation,
  openFeatures,
  uniformity,
} from '../../src/evaluate/index.js';
import { project } from '../../src/figures/index.js';
import { dcl } from '../../src/losses/index.js';
import { simclr } from '../../src/methods/index.js';
import { type ProgressLine, progress } from '../../src/notebook/index.js';
import { collect, collectQueue } from '../../src/npc/index.js';
import { estimate } from '../../src/train/index.js';
import { useAnyEngine } from '../engines.js';
import { smallData, smallEncoder } from '../train/small-run.js';
import { temporaryFolder } from './cells.js';
import { FakeHost } from './fake-host.js';

const host = new FakeHost();
beforeAll(useAnyEngine);
beforeEach(() => host.install());
afterEach(() => host.remove());

/** A line under which the stop button is pressed right after the first report. */
function stoppedAfterFirst(): ProgressLine {
  const line = progress('Work');
  let pressed = false;
  return ((...report: Parameters<ProgressLine>) => {
    line(...report);
    if (!pressed) for (const stop of host.stops) stop();
    pressed = true;
  }) as ProgressLine;
}

const data = smallData();
const rows = (count: number) => ({
  name: 'rows',
  count,
  dimension: 4,
  features: Float32Array.from({ length: 4 * count }, (_, i) => Math.sin(i)),
  labels: Int32Array.from({ length: count }, (_, i) => i % 2),
  classes: ['even', 'odd'],
});
const many = rows(5000);
const batchSize = 3;

const work: Record<string, (onProgress: ProgressLine) => Promise<unknown>> = {
  embed: (onProgress) => embed(encoder, data, { batchSize, onProgress }),
  knn: (onProgress) => knn(many, many, { onProgress }),
  linearEvaluation: (onProgress) => linearEvaluation(many, many, { onProgress }),
  alignmentUniformity: (onProgress) => alignmentUniformity({ encoder }, data, { batchSize, onProgress }),
  uniformity: (onProgress) => uniformity(many, onProgress),
  collect: (onProgress) => collect({ encoder }, data, { batchSizes: [2], chunkSize: 3, onProgress }),
  collectQueue: (onProgress) =>
    collectQueue({ encoder }, data, { queueSizes: [4], chunkSize: 3, onProgress }),
  estimate: (onProgress) =>
    estimate({ encoder, data, method: simclr({ loss: dcl() }), batchSize: 4, epochs: 9 }, { onProgress }),
  project: (onProgress) => project(rows(500), { method: 'tsne', onProgress }),
  writeImageFolder: (onProgress) => writeImageFolder(temporaryFolder(), data, { onProgress }),
};
let encoder: tf.LayersModel;
beforeAll(() => {
  encoder = smallEncoder();
});

test.each(Object.keys(work))('%s', async (name) => {
  const before = tf.memory().numTensors;
  const error = await work[name]!(stoppedAfterFirst()).catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(Interrupted);
  expect((error as Error).message).toMatch(/^Work: stopped at \d+ of \d+$/);
  expect(tf.memory().numTensors).toBe(before);
  expect(host.stops.size).toBe(0);
});

test('load', async () => {
  const folder = temporaryFolder();
  for (const part of ['train', 'test']) await writeImageFolder(join(folder, part), data);
  const loading = load(folder, { size: [6, 6], onProgress: stoppedAfterFirst() });
  await expect(loading).rejects.toThrow(/^Decoding .*: stopped at \d+ of 12$/);
});

test('extractFeatures, which goes on where it was', async () => {
  const folder = temporaryFolder();
  const options = { batchSize, shardRows: 3 };
  let reports = 0;
  const line = progress('Features');
  const onProgress: ProgressLine = ((...report: Parameters<ProgressLine>) => {
    if (++reports === 3) for (const stop of host.stops) stop();
    line(...report);
  }) as ProgressLine;
  const extraction = extractFeatures(encoder, data, folder, { ...options, onProgress });
  await expect(extraction).rejects.toThrow('Features: stopped at 9 of 12');
  expect((await readdir(folder)).sort()).toEqual([
    'features-00000.safetensors',
    'features-00001.safetensors',
    'features.json',
  ]);
  await (await extractFeatures(encoder, data, folder, options)).close();
  const stored = await openFeatures(folder);
  expect(stored.count).toBe(12);
  await stored.close();
});

test('download, which goes on where it was', async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.setHeader('content-length', 3_000_000);
    response.write(Buffer.alloc(1_000_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
    const path = join(temporaryFolder(), 'file');
    const onProgress = stoppedAfterFirst();
    await expect(download({ url, path, md5: '', onProgress })).rejects.toThrow(
      /^Downloading file \(MB\): stopped at \d of 3$/,
    );
    expect(requests).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
