/** Names packed into one array of bytes: about 30 MB for ImageNet's 1.28 million, which take 100 as strings. */
export class NameList {
  readonly #bytes: Buffer;
  /** Where each name ends in the bytes. */
  readonly #ends: Uint32Array;

  constructor(names: readonly string[]) {
    this.#bytes = Buffer.from(names.join(''));
    this.#ends = new Uint32Array(names.length);
    let end = 0;
    for (const [index, name] of names.entries()) {
      end += Buffer.byteLength(name);
      this.#ends[index] = end;
    }
  }

  get length(): number {
    return this.#ends.length;
  }

  at(index: number): string {
    return this.#bytes.toString('utf8', this.#ends[index - 1] ?? 0, this.#ends[index]);
  }
}
