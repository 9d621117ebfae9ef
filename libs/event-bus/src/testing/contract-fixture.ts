import { afterEach } from '@jest/globals';
import type { EventBus } from '../event-bus.js';

/** What an adapter offers to be tested: buses on one fresh broker, as the processes of a platform would open them. */
export interface EventBusFixture {
  /** Opens a bus; leases should be short (well below a second), so that a takeover is seen soon. */
  open(): Promise<EventBus>;
  /** Ends a bus as `kill -9` would: it does nothing more, and gives nothing back. */
  crash(bus: EventBus): Promise<void>;
  /** Closes all buses that are open, and takes the broker away. */
  dispose(): Promise<void>;
}

export type OpenFixture = () => Promise<EventBusFixture>;

/** Opens a fixture per test and disposes of it after. */
export const fixtures = (open: OpenFixture): (() => Promise<EventBusFixture>) => {
  const opened: EventBusFixture[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((fixture) => fixture.dispose()));
  });
  return async () => {
    const fixture = await open();
    opened.push(fixture);
    return fixture;
  };
};
