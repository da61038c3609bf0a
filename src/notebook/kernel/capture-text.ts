import { StringDecoder } from 'node:string_decoder';

type Written = (error?: Error | null) => void;

/** Gives what is written to a stream to `take`, as text; the stream itself gets what `take` does not want. */
export function captureText(stream: NodeJS.WritableStream, take: (text: string) => boolean): void {
  const original = stream.write.bind(stream) as (
    data: string | Uint8Array,
    encoding: BufferEncoding | undefined,
    done: Written | undefined,
  ) => boolean;
  // A letter's bytes may come in two parts.
  const decoder = new StringDecoder();
  stream.write = ((
    data: string | Uint8Array,
    encodingOrDone?: BufferEncoding | Written,
    doneAfterEncoding?: Written,
  ): boolean => {
    const [encoding, done] =
      typeof encodingOrDone === 'function'
        ? [undefined, encodingOrDone]
        : [encodingOrDone, doneAfterEncoding];
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data);
    if (!take(decoder.write(bytes))) return original(data, encoding, done);
    if (done !== undefined) process.nextTick(done);
    return true;
  }) as typeof stream.write;
}
