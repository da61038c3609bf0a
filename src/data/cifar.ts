import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as tar from 'tar';
import { InputError } from '../errors.js';
import { parseCifar } from './cifar-records.js';
import type { Dataset, Splits } from './dataset.js';
import { download, md5Of } from './download.js';
import { inMemory } from './in-memory.js';
import type { LoadProgress } from './progress.js';

/** One of the two CIFAR data sets in its binary version (https://www.cs.toronto.edu/~kriz/cifar.html). */
export interface CifarVersion {
  readonly name: string;
  readonly archive: string;
  readonly url: string;
  readonly md5: string;
  /** The archive's folder, and the files in it that are read. */
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly classNames: string;
  readonly recordsPerFile: { readonly train: number; readonly test: number };
  /** Label bytes before each image; the last one is the class. */
  readonly labelBytes: number;
}

export const cifar10: CifarVersion = {
  name: 'cifar10',
  archive: 'cifar-10-binary.tar.gz',
  url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  md5: 'c32a1d4ab5d03f1284b67883e8d87530',
  folder: 'cifar-10-batches-bin',
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
  classNames: 'batches.meta.txt',
  recordsPerFile: { train: 10_000, test: 10_000 },
  labelBytes: 1,
};

/** With its 100 fine classes; each record begins with a coarse label, which is not used. */
export const cifar100: CifarVersion = {
  name: 'cifar100',
  archive: 'cifar-100-binary.tar.gz',
  url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  folder: 'cifar-100-binary',
  train: ['train.bin'],
  test: ['test.bin'],
  classNames: 'fine_label_names.txt',
  recordsPerFile: { train: 50_000, test: 10_000 },
  labelBytes: 2,
};

/**
 * CIFAR from `directory`: its extracted files if they are there, else its archive, which is downloaded if need be.
 * @throws InputError naming the file that is missing, damaged or cut short, and what to do
 */
export async function loadCifar(
  version: CifarVersion,
  directory: string,
  onProgress?: (event: LoadProgress) => void,
): Promise<Splits> {
  const folder = join(directory, version.folder);
  const files = [...version.train, ...version.test, version.classNames];
  if (!(await allExist(files.map((file) => join(folder, file))))) {
    const archive = join(directory, version.archive);
    if (await allExist([archive])) await requireChecksum(archive, version);
    else await download({ url: version.url, path: archive, md5: version.md5, onProgress });
    await extract(archive, version.folder, files, directory);
  }
  const classes = (await readFile(join(folder, version.classNames), 'utf8')).split(/\s+/).filter(Boolean);
  const split = (part: 'train' | 'test') => readSplit(version, part, folder, classes);
  return { train: await split('train'), test: await split('test') };
}

async function readSplit(
  version: CifarVersion,
  part: 'train' | 'test',
  folder: string,
  classes: readonly string[],
): Promise<Dataset> {
  const paths = version[part].map((file) => join(folder, file));
  const files = await Promise.all(
    paths.map(async (path) =>
      parseCifar(await readFile(path), path, version.recordsPerFile[part], version.labelBytes),
    ),
  );
  return inMemory({
    name: `${version.name} ${part}`,
    shape: [32, 32, 3],
    classes,
    labels: Int32Array.from(files.flatMap(({ labels }) => [...labels])),
    pixels: Buffer.concat(files.map(({ pixels }) => pixels)),
  });
}

async function requireChecksum(archive: string, { md5, url }: CifarVersion): Promise<void> {
  const found = await md5Of(archive);
  if (found !== md5) {
    throw new InputError(
      `${archive} is damaged: its MD5 checksum is ${found}, not ${md5}. ` +
        `Delete it to have it downloaded again, or put the file from ${url} there.`,
    );
  }
}

/** Takes some files out of an archive; each appears in its place only when it is complete. */
async function extract(
  archive: string,
  folder: string,
  files: readonly string[],
  directory: string,
): Promise<void> {
  const unfinished = await mkdtemp(join(directory, `${folder}.part-`));
  try {
    const wanted = files.map((file) => `${folder}/${file}`);
    await tar.extract({ file: archive, cwd: unfinished, strict: true }, wanted);
    await mkdir(join(directory, folder), { recursive: true });
    for (const file of wanted) await rename(join(unfinished, file), join(directory, file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Could not extract ${archive} into ${directory}: ${reason}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function allExist(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (entry) => entry.isFile(),
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
