export { accept, fold, reject, unreachable } from './decider.js';
export type {
  Accepted,
  Decide,
  Decider,
  Decision,
  DomainEvent,
  Evolve,
  Instant,
  Recorded,
  Rejected,
} from './decider.js';
