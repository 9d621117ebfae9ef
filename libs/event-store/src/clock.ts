import type { Instant } from './event.js';

/** Where a store takes `recordedAt` from. */
export abstract class Clock {
  abstract now(): Instant;
}

/** The machine's clock, in UTC. */
export class SystemClock extends Clock {
  now(): Instant {
    return new Date().toISOString();
  }
}
