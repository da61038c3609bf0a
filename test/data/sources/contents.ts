import type { ImageSource } from '../../../src/data/index.js';

/** Class and file of every image, in the source's order. */
export async function contentsOf(source: ImageSource): Promise<string[]> {
  const indices = [...source.labels.keys()];
  const read = indices.map(async (index) => {
    const text = Buffer.from(await source.read(index)).toString();
    return `${source.classes[source.labels[index]!]}: ${text}`;
  });
  const contents = await Promise.all(read);
  await source.close();
  return contents;
}
