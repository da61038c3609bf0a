/** One case: everybody builds the same network, and then they take turns. */
import type { Case, Engine } from './cases.js';
import { commandsOf } from './commands.js';
import { Contestant, type Memory } from './contestant.js';
import type { Network } from './network.js';
import type { Prepared, Request, Timed } from './protocol.js';

export interface Turns {
  readonly threads: number;
  readonly rounds: number;
  /** Steps of one turn. */
  readonly steps: number;
}

/** What was measured of one contestant. */
export interface Measurement {
  readonly name: string;
  /** Seconds of the first step, compiling included. */
  readonly first: number;
  /** Seconds a step, one value for each round. */
  readonly seconds: readonly number[];
  /** Milliseconds a step outside the compiled run, one value for each round; empty where nothing is recorded. */
  readonly recording: readonly number[];
  /** Before the first step, with network and images built. */
  readonly built: Memory | undefined;
  /** After the last step. */
  readonly memory: Memory | undefined;
}

/** A contestant that has taken its first step, and its turns since. */
interface Player {
  readonly contestant: Contestant;
  readonly name: string;
  readonly built: Memory | undefined;
  readonly first: Timed;
  readonly turns: Timed[];
}

/** Who takes longer for its first step is not asked for another: that one is its figure. */
const patienceSeconds = 10;

/** Those who cannot take part are named on the error stream, with the reason. */
export async function measure(
  each: Case,
  network: Network & { readonly file: string },
  engines: readonly Engine[],
  turns: Turns,
): Promise<Measurement[]> {
  const commands = engines.flatMap((engine) => commandsOf(engine, turns.threads));
  const contestants = commands.map((command) => new Contestant(command));
  try {
    const players: Player[] = [];
    for (const contestant of contestants) {
      const player = await takeFirstStep(contestant, each, network).catch((error: Error) => error);
      if ('turns' in player) players.push(player);
      else console.error(`${contestant.name} is not measured. ${player.message}`);
    }
    requireSameResult(players);
    await takeTurns(players, turns);
    return players.map((player) => measurementOf(player, turns.steps));
  } finally {
    for (const contestant of contestants) contestant.stop();
  }
}

async function takeFirstStep(
  contestant: Contestant,
  each: Case,
  { parameters, file }: Network & { readonly file: string },
): Promise<Player> {
  const request: Request = { command: 'prepare', case: each, weights: file };
  const prepared = await contestant.ask<Prepared>(request);
  const built = contestant.memory;
  const first = await contestant.ask<Timed>({ command: 'run', steps: 1 });
  if (prepared.parameters !== parameters) {
    throw new Error(`It has another network: ${prepared.parameters} parameters, not ${parameters}.`);
  }
  return { contestant, name: prepared.name, built, first, turns: [] };
}

/** @throws Error where somebody's first result differs from the first player's by a thousandth of the largest value */
function requireSameResult(players: readonly Player[]): void {
  const [reference, ...others] = players;
  for (const { name, first } of others) {
    const expected = reference!.first.result;
    const largest = Math.max(...expected.map(Math.abs));
    const difference = Math.max(...expected.map((value, i) => Math.abs(value - first.result[i]!)));
    if (difference <= 1e-3 * largest) continue;
    throw new Error(
      `${name} computes something else than ${reference!.name}: off by ${difference} of ${largest}.`,
    );
  }
}

/** A first round warms up; it is not counted. */
async function takeTurns(players: readonly Player[], { rounds, steps }: Turns): Promise<void> {
  const patient = players.filter(({ first }) => first.seconds <= patienceSeconds);
  for (let round = 0; round <= rounds; round++) {
    for (const { contestant, turns } of patient) {
      const turn = await contestant.ask<Timed>({ command: 'run', steps });
      if (round > 0) turns.push(turn);
    }
  }
}

function measurementOf({ contestant, name, built, first, turns }: Player, steps: number): Measurement {
  const seconds = turns.length === 0 ? [first.seconds] : turns.map((turn) => turn.seconds / steps);
  const recording = turns.flatMap((turn) => turn.recording ?? []);
  return { name, first: first.seconds, seconds, recording, built, memory: contestant.memory };
}
