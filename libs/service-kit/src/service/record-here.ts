import type { DataSource } from 'typeorm';

import { storeSchemaOf } from '../data/service-database.js';
import { EngineTroubleError } from './engine-trouble.js';

interface Left {
  readonly destination: string;
  readonly moved_at: Date;
}

/** What PostgreSQL says of a table that is not there: the database was prepared by a version that moved nothing. */
const unknownTable = '42P01';

/**
 * Makes sure that the record in PostgreSQL is the one that goes on: after `cairn move` it is closed.
 * @throws EngineTroubleError that says where it went, and when
 */
export const requireRecordHere = async (dataSource: DataSource, service: string): Promise<void> => {
  const rows = await dataSource
    .query<readonly Left[]>(`SELECT destination, moved_at FROM ${storeSchemaOf(service)}.es_moved`)
    .catch((error: unknown): readonly Left[] => {
      if (error instanceof Error && 'code' in error && error.code === unknownTable) return [];
      throw error;
    });
  const [left] = rows;
  if (left === undefined) return;
  throw new EngineTroubleError(
    `The record of ${service} was moved to ${left.destination} on ${left.moved_at.toISOString()}, and takes no more events in PostgreSQL. ` +
      'Set EVENT_STORE_URL, or take the move back with `cairn return`.',
  );
};
