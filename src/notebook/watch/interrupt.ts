import { kernelHost } from '../host.js';

/** Ctrl-C, and what a cluster or a container sends before it kills. */
const signals = ['SIGINT', 'SIGTERM'] as const;

/** Calls `stop` at the notebook's stop button or the first Ctrl-C or SIGTERM. Outside our kernel a second one has its usual effect. */
export function onInterrupt(stop: () => void): () => void {
  const host = kernelHost();
  if (host !== undefined) return host.onInterrupt(stop);
  const release = () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
  const interrupt = () => {
    release();
    stop();
  };
  for (const signal of signals) process.on(signal, interrupt);
  return release;
}
