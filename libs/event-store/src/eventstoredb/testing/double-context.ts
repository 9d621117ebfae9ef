import { randomUUID } from 'node:crypto';

import { TcpProxy } from '@cairn/embedded-postgres/testing';
import { afterEach } from '@jest/globals';

import { ManualClock } from '../../testing/manual-clock.js';
import type { EventStoreDb, EventStoreDbOptions } from '../event-store-db.js';
import { openEventStoreDb } from '../event-store-db.js';
import type { DoubleLog } from './eventstoredb-double/double-log.js';
import { EventStoreDbDouble } from './eventstoredb-double/eventstoredb-double.js';

export const scope = 'records';

/** A double of its own for each test, and an end to everything that was opened. */
export class DoubleContext {
  private readonly opened: EventStoreDb[] = [];
  private readonly doubles: EventStoreDbDouble[] = [];
  private readonly proxies: TcpProxy[] = [];

  constructor() {
    afterEach(async () => {
      const proxies = this.proxies.splice(0);
      proxies.forEach((proxy) => proxy.thaw());
      await Promise.all(this.opened.splice(0).map((store) => store.close()));
      await Promise.all(proxies.map((proxy) => proxy.goDown()));
      this.doubles.splice(0).forEach((double) => double.kill());
    });
  }

  /** @param log of another double, when both are to serve the same record. */
  async double(log?: DoubleLog): Promise<EventStoreDbDouble> {
    const double = await EventStoreDbDouble.start(log);
    this.doubles.push(double);
    return double;
  }

  async proxied(double: EventStoreDbDouble): Promise<TcpProxy> {
    const proxy = await TcpProxy.before(double.url);
    this.proxies.push(proxy);
    return proxy;
  }

  open(url: string, options: Partial<EventStoreDbOptions> = {}): EventStoreDb {
    const store = openEventStoreDb({ url, scope, clock: new ManualClock(), namespace: `t-${randomUUID()}-`, ...options });
    this.opened.push(store);
    return store;
  }
}
