import { Clock } from '../clock.js';
import type { Instant } from '../event.js';

/** A clock that stands until it is set, forwards or backwards. */
export class ManualClock extends Clock {
  constructor(private instant: Instant = '2025-10-01T05:00:00.000Z') {
    super();
  }

  now(): Instant {
    return this.instant;
  }

  set(instant: Instant): void {
    this.instant = instant;
  }

  advance(milliseconds: number): void {
    this.instant = new Date(Date.parse(this.instant) + milliseconds).toISOString();
  }
}
