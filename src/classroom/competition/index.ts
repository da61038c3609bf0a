export {
  type Attempt,
  type Competition,
  type CompetitionOptions,
  competition,
  type Outcome,
} from './competition.js';
export type { Entry } from './entry.js';
export { type Score, scoreboard } from './scoreboard.js';
