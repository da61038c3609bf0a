import { once } from 'node:events';

/** The caller's signal, or one that Ctrl-C aborts until released. */
export function stopSignal(given: AbortSignal | undefined): {
  readonly signal: AbortSignal;
  release(): void;
} {
  if (given !== undefined) return { signal: given, release: () => {} };
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.on('SIGINT', abort);
  return { signal: controller.signal, release: () => process.off('SIGINT', abort) };
}

/** Waits for `work`, for an abort of `stop` or for `limit` seconds, whichever comes first. */
export async function firstOf<T>(
  work: Promise<T>,
  stop: AbortSignal,
  limit: number | undefined,
): Promise<{ readonly done: T } | 'stopped' | 'late'> {
  if (stop.aborted) return 'stopped';
  const over = new AbortController();
  const aborted = once(stop, 'abort', { signal: over.signal }).then(() => 'stopped' as const);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    if (limit !== undefined) timer = setTimeout(() => resolve('late'), limit * 1000);
  });
  try {
    return await Promise.race([work.then((done) => ({ done })), aborted, late]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
