import { kernelHost } from '../host.js';

/** Calls `stop` at the notebook's stop button or the first Ctrl-C. Outside our kernel a second Ctrl-C has its usual effect. */
export function onInterrupt(stop: () => void): () => void {
  const host = kernelHost();
  if (host !== undefined) return host.onInterrupt(stop);
  process.once('SIGINT', stop);
  return () => process.off('SIGINT', stop);
}
