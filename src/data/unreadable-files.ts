import { InputError } from '../errors.js';
import type { SkippedImage } from './image-folder.js';
import type { ImageSource } from './image-source.js';

/** So many reasons are told where reading is given up. */
const mostReasons = 5;

/** Files of a source that cannot be read, and those that stand for them. */
export class UnreadableFiles {
  readonly #source: ImageSource;
  readonly #most: number;
  readonly #onSkip: ((image: SkippedImage) => void) | undefined;
  readonly #reasons = new Map<number, string>();

  /** @param most - how many files may be unreadable */
  constructor(source: ImageSource, most: number, onSkip?: (image: SkippedImage) => void) {
    this.#source = source;
    this.#most = most;
    this.#onSkip = onSkip;
  }

  /** In the order of their indices. */
  get skipped(): SkippedImage[] {
    return [...this.#reasons.keys()].sort((a, b) => a - b).map((index) => this.#describe(index));
  }

  /**
   * The image whose file stands for an image: itself, or the next of its class, after the last the first again, that is not
   * known to be unreadable. In the end it depends on the files alone, whichever was tried first.
   * @throws InputError where there is none
   */
  standIn(index: number): number {
    const { labels, length, name, classes } = this.#source;
    for (let distance = 0; distance < length; distance++) {
      const other = (index + distance) % length;
      if (labels[other] === labels[index] && !this.#reasons.has(other)) return other;
    }
    throw new InputError(
      `${name}: none of the images of class ${classes[labels[index]!]} can be read: ${this.#told()}`,
    );
  }

  /** @throws InputError where it is one too many */
  add(index: number, reason: string): void {
    if (this.#reasons.has(index)) return;
    this.#reasons.set(index, reason);
    if (this.#reasons.size > this.#most) {
      const count = this.#reasons.size;
      throw new InputError(
        `${this.#source.name}: ${count} of ${this.#source.length} images cannot be read, more than the ${this.#most} that may be skipped ` +
          `(maxSkipped): ${this.#told()}; mend or remove them, or skip more`,
      );
    }
    this.#onSkip?.(this.#describe(index));
  }

  #describe(index: number): SkippedImage {
    return { path: this.#source.locationOf(index), reason: this.#reasons.get(index)! };
  }

  #told(): string {
    const { skipped } = this;
    const told = skipped.slice(0, mostReasons).map(({ path, reason }) => `${path}: ${reason}`);
    if (skipped.length > mostReasons) told.push(`and ${skipped.length - mostReasons} more`);
    return told.join('; ');
  }
}
