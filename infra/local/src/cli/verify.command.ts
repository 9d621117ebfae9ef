import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import { SystemClock, verifyPostgresEventStore, verifyStore } from '@cairn/event-store';
import type { StoreVerification, VerificationProgress } from '@cairn/event-store';
import { enginesFrom, storeSchemaOf } from '@cairn/service-kit';
import type { EventStoreConfig } from '@cairn/service-kit';

import { storedServices } from '../platform/start-platform.js';
import { endProgress, progressTo } from './progress.js';
import { requireData } from './require-data.js';

/** Walks the record of one service. */
type Verify = (service: string, onProgress: (progress: VerificationProgress) => void) => Promise<StoreVerification>;

interface Opened {
  readonly verify: Verify;
  readonly stop: () => Promise<void>;
}

/** The database of the data directory, beside a platform that runs on it or without one. */
const openDatabase = async (dataDir: string, progress: (message: string) => void): Promise<Opened> => {
  const { DATABASE_URL: url } = process.env;
  const database =
    url === undefined
      ? await startEmbeddedPostgres({ dataDir, purpose: 'cairn verify', whenRunning: 'attach', onProgress: progress })
      : { url, stop: () => Promise.resolve() };
  return {
    verify: (service, onProgress) => verifyPostgresEventStore({ connection: database.url, schema: storeSchemaOf(service), onProgress }),
    stop: () => database.stop(),
  };
};

/** EventStoreDB has no head rows of ours: an event that was taken off the very end of the record is not missed there. */
const openEventStore = (config: EventStoreConfig): Opened => ({
  verify: async (service, onProgress) => {
    const { openEventStoreDb } = await import('@cairn/event-store/eventstoredb');
    const store = openEventStoreDb({ ...config, scope: service, clock: new SystemClock() });
    try {
      return await verifyStore(store, { onProgress });
    } finally {
      await store.close();
    }
  },
  stop: () => Promise.resolve(),
});

/** `cairn verify`: walks the whole record and names stream and version of each break. Exit code 1 when there is one. */
export const verify = async ({ data }: { readonly data: string }): Promise<void> => {
  const { eventStore } = enginesFrom(process.env);
  const progress = progressTo(process.stderr);
  if (!eventStore) requireData(data);
  const opened = eventStore ? openEventStore(eventStore) : await openDatabase(data, progress);
  let broken = 0;
  try {
    for (const service of storedServices) {
      const result = await opened.verify(service, ({ events, ofEvents }) => progress(`${service}: ${events} of ${ofEvents ?? 'unknown'} events`));
      endProgress(process.stderr);
      console.log(`${service}: ${result.events} events in ${result.streams} streams, ${result.breakCount} breaks`);
      for (const { stream, version, position, detail } of result.breaks) {
        const place = [stream, version === undefined ? undefined : `version ${version}`, position === undefined ? undefined : `position ${position}`];
        console.log(`  ${place.filter((part) => part !== undefined).join(', ')}: ${detail}`);
      }
      broken += result.breakCount;
    }
  } finally {
    await opened.stop();
  }
  if (broken > 0) process.exitCode = 1;
  console.log(broken === 0 ? 'The record is whole.' : `The record is broken in ${broken} places.`);
};
