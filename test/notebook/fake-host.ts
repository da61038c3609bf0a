import type { KernelHost, MimeBundle } from '../../src/notebook/host.js';
import type { JsonObject } from '../../src/notebook/protocol/message.js';

const key = Symbol.for('dcl-lab.kernel');

export interface Shown {
  readonly data: JsonObject;
  readonly metadata: JsonObject | undefined;
  readonly id: string;
  readonly update: boolean;
}

/** Stands in for the kernel in this process: remembers what is shown and interrupts on demand. */
export class FakeHost implements KernelHost {
  readonly shown: Shown[] = [];
  readonly stops = new Set<() => void>();
  readonly #work: Promise<void>[] = [];

  readonly #claims = new Set<string>();

  install(): void {
    this.shown.length = 0;
    this.#claims.clear();
    this.stops.clear();
    Object.assign(globalThis, { [key]: this });
  }

  remove(): void {
    Object.assign(globalThis, { [key]: undefined });
  }

  async finished(): Promise<void> {
    await Promise.all(this.#work);
  }

  display({ data, metadata }: MimeBundle, id: string, update: boolean): void {
    this.shown.push({ data, metadata, id, update });
  }

  onInterrupt(stop: () => void): () => void {
    this.stops.add(stop);
    return () => this.stops.delete(stop);
  }

  claim(name: string): boolean {
    return !this.#claims.has(name) && this.#claims.add(name) !== undefined;
  }

  finishWith(work: Promise<void>): void {
    this.#work.push(work);
  }

  presentResultsBy(): void {}
}
