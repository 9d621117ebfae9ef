import type { EventEmitter } from 'node:events';

import type { InTransaction, SqlSession } from '@cairn/event-bus';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { queryOn, transactionsOn } from '@cairn/service-kit';
import { DataSource } from 'typeorm';

import { migrations } from '../migrations.js';

export interface ReportingDatabase {
  readonly dataSource: DataSource;
  readonly inTransaction: InTransaction;
  /** Statements by themselves. */
  readonly session: SqlSession;
  close(): Promise<void>;
}

/** A database of its own, with the tables of this service as its migrations make them. */
export const openReportingDatabase = async (): Promise<ReportingDatabase> => {
  const database = await testDatabase();
  const connection = { type: 'postgres', url: database.url, logging: false, synchronize: false } as const;
  const owner = await new DataSource(connection).initialize();
  await owner.query('CREATE EXTENSION btree_gist; CREATE SCHEMA reporting; CREATE SCHEMA reporting_next; CREATE SCHEMA reporting_previous');
  await owner.destroy();
  const dataSource = new DataSource({
    ...connection,
    schema: 'reporting',
    migrations: [...migrations],
    migrationsTableName: 'migration',
    extra: { options: '-c search_path=reporting,public' },
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  return {
    dataSource,
    inTransaction: transactionsOn(dataSource),
    session: queryOn(dataSource),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
};

/** How often the next connection that is taken from the pool waits for the server until the work is done. */
export const roundTripsOf = async <Answer>(
  { dataSource }: ReportingDatabase,
  work: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly roundTrips: number }> => {
  let roundTrips = 0;
  const { master: pool } = dataSource.driver as unknown as { readonly master: EventEmitter };
  pool.once('acquire', ({ connection }: { readonly connection: EventEmitter }) => connection.on('readyForQuery', () => (roundTrips += 1)));
  const answer = await work();
  return { answer, roundTrips };
};
