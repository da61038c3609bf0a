import { availableParallelism } from 'node:os';

/** Processors that this process may use: those of its Slurm task, or else of the machine. */
export function processors(): number {
  return Number(process.env.SLURM_CPUS_ON_NODE) || availableParallelism();
}

/** Threads of each of several processes that share `threads`, or all processors; at least one. */
export function threadsOfEach(processes: number, threads = processors()): number {
  return Math.max(1, Math.floor(threads / processes));
}
