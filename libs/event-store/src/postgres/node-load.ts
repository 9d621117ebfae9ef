import type { EventLoopUtilization } from 'node:perf_hooks';
import { performance } from 'node:perf_hooks';

/** So that some flushes fall into it. */
const windowMs = 20;

/**
 * Two flushes that overlap cost one more commit and save as much time as Node works for them, as long as the database
 * works as long. On a disk that takes its time Node is idle for most of each flush, and one commit for all is best.
 */
const busyShare = 1 / 3;

/** Tells whether Node had to work for more than a third of the last 20 ms or more. */
export class NodeLoad {
  private since: EventLoopUtilization;
  private busy = false;

  constructor(private readonly measure: typeof performance.eventLoopUtilization = performance.eventLoopUtilization) {
    this.since = measure();
  }

  get isBusy(): boolean {
    const { idle, active, utilization } = this.measure(this.since);
    if (idle + active < windowMs) return this.busy;
    this.since = this.measure();
    this.busy = utilization > busyShare;
    return this.busy;
  }
}
