import { copyStore, destinationOfPostgresRecord, leavePostgresRecord, openPostgresEventStore } from '@cairn/event-store';
import type { CopyProgress, CopyResult } from '@cairn/event-store';
import { addressOf, askStore, eventStoreFrom, provisionDatabase, requireAnswer, roleOf, storeSchemaOf, toldToStop } from '@cairn/service-kit';
import type { EventStoreConfig } from '@cairn/service-kit';

import { requireStopped } from '../platform/connected-services.js';
import { openDatabase } from '../platform/database.js';
import { storedServices } from '../platform/start-platform.js';
import { endProgress, progressTo } from './progress.js';
import { requireData } from './require-data.js';

export interface MoveOptions {
  readonly data: string;
  /** `esdb://…` */
  readonly to: string;
  readonly namespace?: string;
}

const phases = { comparing: 'comparing what is there', copying: 'copying', verifying: 'comparing the copy' } as const;

/** Nothing is recorded here. */
const noClock = {
  now: (): string => {
    throw new Error('A record that is moved takes no new events');
  },
};

interface Move {
  readonly databaseUrl: string;
  readonly target: EventStoreConfig;
  readonly service: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CopyProgress) => void;
}

const moveOne = async ({ databaseUrl, target, service, signal, onProgress }: Move): Promise<CopyResult> => {
  // As the owner: the services are stopped, and nobody else reads a record that is about to be left.
  const from = openPostgresEventStore({
    scope: service,
    schema: storeSchemaOf(service),
    pool: { connectionString: databaseUrl },
    clock: noClock,
  });
  const { openEventStoreDbImport } = await import('@cairn/event-store/eventstoredb');
  const to = openEventStoreDbImport({ ...target, scope: service });
  try {
    await requireAnswer({ role: 'event-store', kind: 'eventstoredb', address: addressOf(target.url), variable: '--to', check: () => askStore(to.store) });
    return await copyStore({ from, to, onProgress, signal });
  } finally {
    await Promise.allSettled([from.close(), to.store.close()]);
  }
};

/** What was recorded elsewhere since an earlier move is not in PostgreSQL: a copy of that would be a second record. */
const requireNotElsewhere = async (databaseUrl: string, destination: string): Promise<void> => {
  for (const service of storedServices) {
    const before = await destinationOfPostgresRecord(databaseUrl, storeSchemaOf(service));
    if (before === undefined || before === destination) continue;
    throw new Error(`The record of ${service} was moved to ${before} already, and goes on there. Only when nothing was recorded there since then: take that back with cairn return, and repeat.`);
  }
};

/**
 * `cairn move --to`: copies every record to EventStoreDB, event by event in its order, with ids, versions, times and
 * hashes as they are, and compares both at the end. The platform must be stopped; what was cut off goes on where it was.
 * Once all are there, those in PostgreSQL are closed: a service that is started without EVENT_STORE_URL says where its
 * record is, instead of going on with the old one.
 */
export const move = async ({ data, to, namespace }: MoveOptions): Promise<void> => {
  const target = eventStoreFrom({ EVENT_STORE_URL: to, EVENT_STORE_NAMESPACE: namespace });
  if (target === undefined) throw new Error('Say where to: --to esdb://host:2113');
  requireData(data);
  const { signal } = toldToStop();
  const progress = progressTo(process.stderr);
  const database = await openDatabase(data, 'cairn move', process.env['DATABASE_URL'], progress, () => undefined);
  const destination = `EventStoreDB at ${addressOf(target.url)}${namespace === undefined ? '' : `, namespace ${namespace}`}`;
  try {
    await requireStopped(database.url);
    await provisionDatabase(database.url, storedServices); // It may be of an earlier version, which knew nothing of moves.
    await requireNotElsewhere(database.url, destination);
    const copied: { readonly service: string; readonly upTo: CopyResult['upTo'] }[] = [];
    for (const service of storedServices) {
      const onProgress = ({ phase, events }: CopyProgress): void => progress(`${service}: ${phases[phase]}, ${events} events`);
      const { events, streams, found, upTo } = await moveOne({ databaseUrl: database.url, target, service, signal, onProgress });
      endProgress(process.stderr);
      const before = found === 0 ? '' : `, ${found} of them by an earlier move`;
      console.log(`${service}: ${events} events in ${streams} streams are there and the same${before}`);
      copied.push({ service, upTo });
    }
    await requireStopped(database.url); // The copy may have taken hours.
    for (const { service, upTo } of copied) {
      await leavePostgresRecord({ ownerConnection: database.url, schema: storeSchemaOf(service), serviceRole: roleOf(service), upTo, destination });
    }
  } finally {
    await database.stop();
  }
  const also = namespace === undefined ? '' : `, EVENT_STORE_NAMESPACE=${namespace}`;
  console.log(`The record is moved. From now on start with EVENT_STORE_URL set to the address you gave${also}; what was in PostgreSQL stays there as it is, and takes no more events.`);
};
