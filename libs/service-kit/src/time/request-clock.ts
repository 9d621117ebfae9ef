import { Clock } from '@cairn/event-store';

import { currentRequest } from '../http/request-context.js';

/** The machine's clock, except within a request of the sample's loader, which brings the time it records at. */
export class RequestClock extends Clock {
  now(): string {
    return currentRequest()?.simulatedNow ?? new Date().toISOString();
  }
}
