import { type Refuse, refusal } from './refusal.js';

/** Bytes of the longest whole number that is read, and of the longest name of a global. */
const longest = 255;

/** Reads a pickle from its first byte to its last, and never beyond. */
export class PickleBytes {
  readonly #bytes: Buffer;
  #place = 0;
  readonly refusal: Refuse;

  constructor(bytes: Uint8Array, source: string) {
    this.refusal = refusal(source);
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get place(): number {
    return this.#place;
  }

  take(length: number): Buffer {
    const end = this.#place + length;
    if (end > this.#bytes.length) {
      const left = this.#bytes.length - this.#place;
      throw this.refusal(
        `is cut short or damaged: at byte ${this.#place} of the pickle ${length} more bytes are announced, ${left} are left`,
      );
    }
    const taken = this.#bytes.subarray(this.#place, end);
    this.#place = end;
    return taken;
  }

  /** A whole number without sign, of 1, 2, 4 or 8 bytes; from 2^53 on it is rounded, which is still too much for any length. */
  unsigned(size: 1 | 2 | 4 | 8): number {
    return size === 8 ? Number(this.take(8).readBigUInt64LE()) : this.take(size).readUIntLE(0, size);
  }

  signed32(): number {
    return this.take(4).readInt32LE();
  }

  float64(): number {
    return this.take(8).readDoubleBE();
  }

  /** Text after its length, which has so many bytes. */
  text(size: 1 | 4 | 8, encoding: 'utf8' | 'latin1' = 'utf8'): string {
    return this.take(this.unsigned(size)).toString(encoding);
  }

  /** A whole number in two's complement after its length, which has so many bytes. */
  long(size: 1 | 4): number | bigint {
    const length = this.unsigned(size);
    if (length > longest) throw this.refusal(`has a whole number of ${length} bytes, more than ${longest}`);
    const digits = Buffer.from(this.take(length)).reverse().toString('hex');
    const value = digits === '' ? 0n : BigInt.asIntN(8 * length, BigInt(`0x${digits}`));
    return BigInt.asIntN(53, value) === value ? Number(value) : value;
  }

  /** Up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf('\n', this.#place);
    if (end < 0 || end - this.#place > longest) {
      throw this.refusal(`has a name without an end at byte ${this.#place} of the pickle`);
    }
    const line = this.take(end - this.#place).toString('utf8');
    this.take(1);
    return line;
  }
}
