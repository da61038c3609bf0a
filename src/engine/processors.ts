import { availableParallelism } from 'node:os';

/** Processors that this process may use: those of its Slurm task, or else of the machine. */
export function processors(): number {
  return Number(process.env.SLURM_CPUS_ON_NODE) || availableParallelism();
}
