import type { SkippedImage } from '../data/index.js';

/** So many are named; the others are counted. */
const mostNamed = 10;

/** Remembers images that could not be read, to tell on standard error of those that it has not told of. */
export function skippedImages(): { add(image: SkippedImage): void; tell(): void } {
  const images: SkippedImage[] = [];
  return {
    add: (image) => images.push(image),
    tell() {
      if (images.length === 0) return;
      for (const { path, reason } of images.slice(0, mostNamed)) console.error(`Skipped ${path}: ${reason}`);
      const more = images.length > mostNamed ? `, ${images.length - mostNamed} of them not named` : '';
      const count = images.length === 1 ? '1 image' : `${images.length} images`;
      console.error(`Skipped ${count} that cannot be read${more}; --strict fails at the first.`);
      images.length = 0;
    },
  };
}
