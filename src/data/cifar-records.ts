import { InputError } from '../errors.js';

const side = 32;
const planeLength = side * side;

/** Images and classes of one CIFAR file. */
export interface CifarRecords {
  readonly labels: Uint8Array;
  /** Pixels 0 to 255, [records, 32, 32, 3]. */
  readonly pixels: Uint8Array;
}

/**
 * Reads CIFAR's binary version: records of label bytes, the last of which is the class, then 1024 red, 1024 green and
 * 1024 blue values of an image, row by row.
 * @param name - the file's name, for messages
 * @throws InputError if the file is not exactly as long as its records
 */
export function parseCifar(
  bytes: Uint8Array,
  name: string,
  records: number,
  labelBytes: number,
): CifarRecords {
  const recordLength = labelBytes + 3 * planeLength;
  if (bytes.length !== records * recordLength) {
    throw new InputError(
      `${name} should have ${records * recordLength} bytes for ${records} images, it has ${bytes.length}. ` +
        'Delete it to have it extracted again.',
    );
  }
  const labels = new Uint8Array(records);
  const pixels = new Uint8Array(records * 3 * planeLength);
  for (let record = 0, to = 0; record < records; record++) {
    const start = record * recordLength + labelBytes;
    labels[record] = bytes[start - 1]!;
    for (let pixel = start; pixel < start + planeLength; pixel++, to += 3) {
      pixels[to] = bytes[pixel]!;
      pixels[to + 1] = bytes[pixel + planeLength]!;
      pixels[to + 2] = bytes[pixel + 2 * planeLength]!;
    }
  }
  return { labels, pixels };
}
