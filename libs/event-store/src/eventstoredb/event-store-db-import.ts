import type { CopyTarget } from '../copy/copy-store.js';
import { CopyRefusedError } from '../copy/copy-store.js';
import type { RecordedEvent } from '../event.js';
import { canonicalJson } from '../hash-chain.js';
import { WrongRevisionError } from './client/eventstoredb-errors.js';
import type { EventStoreDbOptions } from './event-store-db.js';
import { EventStoreDb } from './event-store-db.js';

/** Opens a record on EventStoreDB as the target of `copyStore`. Close its `store` afterwards. */
export const openEventStoreDbImport = (options: Omit<EventStoreDbOptions, 'clock'>): CopyTarget => {
  const store = new ImportingEventStoreDb({ ...options, clock: noClock });
  return { store, take: (run) => store.take(run) };
};

/** What is copied has its times already. */
const noClock = {
  now: (): string => {
    throw new Error('A record that is opened for a copy takes no new events');
  },
};

class ImportingEventStoreDb extends EventStoreDb {
  async take(run: readonly RecordedEvent[]): Promise<void> {
    this.assertOpen();
    const [first] = run;
    if (!first) return;
    const { stream, version } = first;
    try {
      const stored = await this.appender.store(stream, version - 1, run, run.map(({ data }) => canonicalJson(data)));
      if (run.every(({ id, hash }, index) => stored[index]?.id === id && stored[index].hash === hash)) return;
    } catch (error) {
      if (!(error instanceof WrongRevisionError)) throw error;
    }
    throw new CopyRefusedError(`Stream ${stream} of the target does not stand before version ${version}`);
  }
}
