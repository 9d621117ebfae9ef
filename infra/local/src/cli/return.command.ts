import { returnToPostgresRecord } from '@cairn/event-store';
import { provisionDatabase, storeSchemaOf } from '@cairn/service-kit';

import { requireStopped } from '../platform/connected-services.js';
import { openDatabase } from '../platform/database.js';
import { storedServices } from '../platform/start-platform.js';
import { endProgress, progressTo } from './progress.js';
import { requireData } from './require-data.js';

/**
 * `cairn return`: takes a move back, so that the records in PostgreSQL go on where they were left. What was recorded in
 * the other engine since then does not come along.
 */
export const returnToPostgres = async ({ data }: { readonly data: string }): Promise<void> => {
  requireData(data);
  const progress = progressTo(process.stderr);
  const database = await openDatabase(data, 'cairn return', process.env['DATABASE_URL'], progress, () => undefined);
  try {
    await requireStopped(database.url); // Services on EventStoreDB keep what they read here: both records would go on.
    await provisionDatabase(database.url, storedServices); // It may be of an earlier version, which knew nothing of moves.
    for (const service of storedServices) await returnToPostgresRecord(database.url, storeSchemaOf(service));
    await provisionDatabase(database.url, storedServices); // Gives the services the right to append again.
  } finally {
    await database.stop();
    endProgress(process.stderr);
  }
  console.log('The record in PostgreSQL takes events again, from where it was left. Start without EVENT_STORE_URL; what was recorded there since then is not here.');
};
