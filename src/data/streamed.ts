import { InputError, requireInteger, requireRange } from '../errors.js';
import type { Dataset, ImageFile } from './dataset.js';
import type { SkippedImage } from './image-folder.js';
import type { ImageSource } from './image-source.js';
import { requireIndex } from './in-memory.js';
import { InTurn } from './in-turn.js';
import { UnreadableFiles } from './unreadable-files.js';
import { cropBeside, jobsAtOnce, requireThreads } from './view-pool.js';

/** The size that the files of {@link streamed} are brought to, and how many may be unreadable. */
export interface StreamedOptions {
  /** Height and width in pixels of the images; 224 by default. */
  readonly size?: number;
  /** Length in pixels that the shorter side is resized to before `read` cuts out the centre; 256 / 224 of `size` by default. */
  readonly resize?: number;
  /** 3 for colour, the default, or 1 for gray. */
  readonly channels?: 1 | 3;
  /** Largest share of the source's files that may be unreadable, rounded up to whole files; 0.001 by default. */
  readonly maxSkipped?: number;
  /** Whether the first file that cannot be read is an error, as with `maxSkipped: 0`; by default such are skipped. */
  readonly strict?: boolean;
  /** Called once for each file that is found to be unreadable. */
  readonly onSkip?: (image: SkippedImage) => void;
  /** Threads that decode at once for `read`; as many as the machine runs in parallel by default. */
  readonly threads?: number;
}

/** A data set whose images are read from their files whenever they are needed. */
export interface StreamedDataset extends Dataset {
  readonly readFile: (index: number) => Promise<ImageFile>;
  /** Files found to be unreadable so far, in the source's order. */
  readonly skipped: readonly SkippedImage[];
}

/**
 * A data set of image files of any size and number, none of them in memory. `read` gives what evaluation sees: the
 * shorter side is resized to `resize` with antialiasing, and the centre of `size` x `size` pixels is cut out, as
 * torchvision's Resize and CenterCrop do; views are drawn from the whole image. As everywhere in this library, and unlike
 * torchvision, a photograph is turned the way its camera was held (EXIF).
 *
 * A file that cannot be read, one that ends early included, is replaced by the next readable one of its class, so that
 * labels stay right and what stands at an index depends on the files alone.
 * @throws InputError at once for an option out of range; when reading, for the first file beyond `maxSkipped` that
 *   cannot be read, with reasons, and for a class none of whose files can
 */
export function streamed(source: ImageSource, options: StreamedOptions = {}): StreamedDataset {
  const { size = 224, channels = 3, maxSkipped = 0.001, strict = false, onSkip } = options;
  requireInteger('size', size);
  const { resize = Math.round((size * 256) / 224) } = options;
  requireInteger('resize', resize, size);
  requireRange('maxSkipped', maxSkipped, 0, 1);
  const threads = requireThreads(options.threads);
  if (source.length === 0) throw new InputError(`${source.name} has no images`);
  const unreadable = new UnreadableFiles(source, strict ? 0 : Math.ceil(maxSkipped * source.length), onSkip);
  const { name, length, classes, labels } = source;
  const readFile = async (index: number) =>
    readStandIn(source, unreadable, requireIndex(name, length, index));
  return {
    name,
    length,
    shape: [size, size, channels],
    classes,
    labels,
    readFile,
    read: async (indices) => {
      const imageLength = size * size * channels;
      const images = new Uint8Array(indices.length * imageLength);
      const turns = new InTurn(jobsAtOnce(threads));
      const readImage = async (index: number, i: number) => {
        images.set(await cropBeside(() => readFile(index), channels, { resize, size }), i * imageLength);
      };
      const read = Array.from(indices, (index, i) => turns.run(() => readImage(index, i)));
      await Promise.all(read).finally(() => turns.stop());
      return images;
    },
    get skipped() {
      return unreadable.skipped;
    },
  };
}

async function readStandIn(
  source: ImageSource,
  unreadable: UnreadableFiles,
  index: number,
): Promise<ImageFile> {
  for (;;) {
    const standIn = unreadable.standIn(index);
    try {
      const bytes = await source.read(standIn);
      const reject = (reason: string) => unreadable.add(standIn, reason);
      return { bytes, location: source.locationOf(standIn), reject };
    } catch (error) {
      unreadable.add(standIn, (error as Error).message);
    }
  }
}
