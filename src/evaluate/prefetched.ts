/**
 * The same items in the same order; the next one is being made while the reader is at work on one.
 * @throws what `items` throws, when that item's turn comes
 */
export async function* prefetched<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const source = items[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = source.next();
      // A failure is thrown when its turn comes; the loop may be left before.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await source.return?.();
  }
}
