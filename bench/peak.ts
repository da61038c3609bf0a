/** What the machine can do: the fastest matrix product that either side reaches. */
import type { Engine } from './cases.js';
import { commandsOf } from './commands.js';
import { Contestant } from './contestant.js';
import type { Timed } from './protocol.js';

const sizes = [512, 1024, 2048];
const rounds = 20;

/** Floating-point operations a second of the fastest float32 matrix product, by contestant. */
export async function peaks(
  engines: readonly Engine[],
  threads: number,
): Promise<ReadonlyMap<string, number>> {
  const contestants = engines.map((engine) => new Contestant(commandsOf(engine, threads)[0]!));
  const fastest = new Map<string, number>();
  for (let round = 0; round <= rounds; round++) {
    for (const size of sizes) {
      for (const contestant of contestants) {
        const { seconds } = await contestant.ask<Timed>({ command: 'multiply', size });
        const rate = (2 * size ** 3) / seconds;
        fastest.set(contestant.name, Math.max(rate, fastest.get(contestant.name) ?? 0));
      }
    }
  }
  for (const contestant of contestants) contestant.stop();
  return fastest;
}
