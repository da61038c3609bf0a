import { posix } from 'node:path';
import pMap from 'p-map';
import { InputError } from '../../errors.js';
import type { ImageSource } from '../image-source.js';
import { type ImagePart, type IndexOptions, listedAtOnce } from './image-parts.js';
import { listing, type OpenFiles } from './open-files.js';
import { type TarEntry, tarEntries } from './tar-entries.js';
import { tarPart, tarSource } from './tar-part.js';

/** Files of one name up to its first dot, by what follows the dot. */
interface Sample {
  readonly key: string;
  readonly files: Map<string, TarEntry>;
}

const imageExtensions = ['jpg', 'jpeg', 'png', 'webp'];
/** Labels are numbers, and what comes with them is short. */
const mostLabelBytes = 2 ** 20;

/**
 * Images of shards in WebDataset's format: tar files of samples, `KEY.jpg` (or jpeg, png, webp) beside `KEY.cls`, the number
 * of its class as text, or `KEY.json` with it as `label`. A sample's files follow each other, and other files are
 * passed over. In the shards' order.
 * @param paths - of the shards, see `shardPaths`
 * @param options - its classes are what the numbers stand for, see `readClassList`; by default the numbers themselves
 * @throws InputError for a sample without an image or label, naming it; a label that is no class; a shard that is incomplete or damaged
 */
export function shardImages(paths: readonly string[], options: IndexOptions): Promise<ImageSource> {
  const { name, classes, onProgress } = options;
  return listing(async (files) => {
    let done = 0;
    let images = 0;
    const index = async (path: string) => {
      const part = await shardPart(files, path, classes?.length);
      images += part.labels.length;
      done += 1;
      onProgress?.({ type: 'index', source: name, images, done, total: paths.length });
      return part;
    };
    const parts = await pMap(paths, index, { concurrency: listedAtOnce });
    const highest = parts.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
    const numbering = classes ?? Array.from({ length: highest + 1 }, (_, number) => String(number));
    return tarSource(files, name, numbering, parts);
  });
}

async function shardPart(
  files: OpenFiles,
  path: string,
  classCount = Number.POSITIVE_INFINITY,
): Promise<ImagePart> {
  const images: TarEntry[] = [];
  const labels: number[] = [];
  for await (const sample of samplesOf(files, path)) {
    images.push(imageOf(path, sample));
    const label = await labelOf(files, path, sample);
    labels.push(label);
    if (label >= classCount) {
      throw new InputError(
        `${path}: the label of ${sample.key} is ${label}, but there are only ${classCount} classes`,
      );
    }
  }
  if (images.length === 0) throw new InputError(`${path} has no images; write it anew or leave it out`);
  return tarPart(files, path, '', images, Int32Array.from(labels));
}

async function* samplesOf(files: OpenFiles, path: string): AsyncGenerator<Sample> {
  let sample: Sample | undefined;
  for await (const entry of tarEntries(files, path)) {
    const base = posix.basename(entry.name);
    const dot = base.indexOf('.');
    if (dot <= 0) continue;
    const key = entry.name.slice(0, entry.name.length - base.length + dot);
    const extension = base.slice(dot + 1).toLowerCase();
    if (sample && sample.key !== key) {
      yield sample;
      sample = undefined;
    }
    sample ??= { key, files: new Map() };
    if (sample.files.has(extension)) throw new InputError(`${path} has ${entry.name} twice`);
    sample.files.set(extension, entry);
  }
  if (sample) yield sample;
}

function imageOf(path: string, { key, files }: Sample): TarEntry {
  const images = imageExtensions.flatMap((extension) => files.get(extension) ?? []);
  if (images.length === 1) return images[0]!;
  throw new InputError(
    `${path}: the sample ${key} has ${images.length} images (${[...files.keys()].join(', ')}); it should have one, ` +
      `${imageExtensions.map((extension) => `.${extension}`).join(', ')}`,
  );
}

async function labelOf(files: OpenFiles, path: string, sample: Sample): Promise<number> {
  const entry = sample.files.get('cls') ?? sample.files.get('json');
  if (!entry)
    throw new InputError(`${path}: the sample ${sample.key} has no label; it should have a .cls or a .json`);
  if (entry.size > mostLabelBytes)
    throw new InputError(`${path}: ${entry.name} has ${entry.size} bytes, too many for a label`);
  const text = (await files.read(path, entry.offset, entry.size)).toString('utf8').trim();
  const label = sample.files.has('cls') ? text : labelInJson(text);
  if (/^\d{1,6}$/.test(label)) return Number(label);
  throw new InputError(
    `${path}: the label in ${entry.name} is '${label.slice(0, 60)}'; it should be the number of a class, from 0`,
  );
}

function labelInJson(text: string): string {
  try {
    return String((JSON.parse(text) as { label?: unknown } | null)?.label);
  } catch {
    return text;
  }
}
