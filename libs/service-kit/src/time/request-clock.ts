import { Clock } from '@cairn/event-store';

import { simulatedNow } from './simulated-time.js';

/** The machine's clock, except within a request of the sample's loader, which brings the time it records at. */
export class RequestClock extends Clock {
  now(): string {
    return simulatedNow() ?? new Date().toISOString();
  }
}
