import { pgAlone, pgInTransaction, pgOnOneState } from '@cairn/event-bus';
import type { InTransaction, SqlSession } from '@cairn/event-bus';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';

import type { ProjectionDatabase } from '../projections/projection.js';
import { engineTrouble, requireSupportedPostgres } from '../service/engine-trouble.js';
import { postgresAt } from '../service/postgres-at.js';

/** The PostgreSQL role under which a service works; it owns the service's schema and nothing else. */
export const roleOf = (service: string): string => `cairn_${service.replaceAll('-', '_')}`;

/** The schema of a service's read models, checkpoints and inbox. */
export const schemaOf = (service: string): string => service.replaceAll('-', '_');

/** The schema of a service's event store; owned by the owner, so that the service cannot take its guards away. */
export const storeSchemaOf = (service: string): string => `${schemaOf(service)}_store`;

/**
 * Connection settings under which every session starts in the service's role (`SET ROLE` at start-up). Deadlines are
 * for those who open the connection: what is right for a migration is far too long for an append.
 */
export const connectAs = (databaseUrl: string, service: string) => ({
  connectionString: databaseUrl,
  options: `-c role=${roleOf(service)} -c search_path=${schemaOf(service)},public`,
  application_name: `cairn-${service}`,
});

/** The server gives up first: its answer says that nothing was done, where the driver's deadline leaves it open. */
export const deadlines = (statementTimeout_ms: number) => ({
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
  statement_timeout: statementTimeout_ms,
  query_timeout: statementTimeout_ms + 500,
  // Locks of a process that stopped in the middle of a transaction, without its connection being lost, end, too.
  idle_in_transaction_session_timeout: statementTimeout_ms,
});

const statement_ms = 60_000;

/** A large table may take long to change. */
const migrationStatement_ms = 600_000;

export interface DataSourceParts {
  readonly migrations: readonly (new () => object)[];
}

/**
 * Opens the service's TypeORM data source and brings its schema up to date; changes come from migrations alone.
 * @throws EngineTroubleError when the server is away, refuses or is too old
 */
export const openDataSource = async (
  databaseUrl: string,
  service: string,
  { migrations }: DataSourceParts,
): Promise<DataSource> => {
  const { connectionString, ...extra } = connectAs(databaseUrl, service);
  const optionsOf = (limit_ms: number, poolSize: number) => ({
    type: 'postgres' as const,
    url: connectionString,
    schema: schemaOf(service),
    migrations: [...migrations] as never,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    logging: false,
    poolSize,
    extra: { ...extra, ...deadlines(limit_ms) },
  });
  await migrate(await connected(optionsOf(migrationStatement_ms, 2), databaseUrl), service);
  return connected(optionsOf(statement_ms, 8), databaseUrl);
};

const connected = async (options: DataSourceOptions, databaseUrl: string): Promise<DataSource> => {
  const engine = postgresAt(databaseUrl);
  const dataSource = new DataSource(options);
  try {
    await dataSource.initialize();
  } catch (error) {
    throw engineTrouble(engine, error);
  }
  try {
    const [row] = await dataSource.query<readonly { readonly server_version_num: string }[]>('SHOW server_version_num');
    requireSupportedPostgres(row?.server_version_num ?? '', engine.address);
    return dataSource;
  } catch (error) {
    await dataSource.destroy().catch(() => undefined);
    throw engineTrouble(engine, error);
  }
};

/** One copy of a service changes the tables at a time; the others find it done. */
const migrate = async (dataSource: DataSource, service: string): Promise<void> => {
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SELECT pg_advisory_lock(hashtextextended('cairn migrations of ' || $1, 0))`, [service]);
    await dataSource.runMigrations();
  } finally {
    await lock.query(`SELECT pg_advisory_unlock(hashtextextended('cairn migrations of ' || $1, 0))`, [service]).catch(() => undefined);
    await lock.release().catch(() => undefined);
    await dataSource.destroy().catch(() => undefined);
  }
};

/** Transactions on a data source, for projections and consumers: on its connections, without what an entity manager costs. */
export const transactionsOn = (dataSource: DataSource): InTransaction => pgInTransaction(poolOf(dataSource));

/** For projections: their transactions, and the news of each connection that has ended, with the server or because nobody needed it. */
export const projectionDatabaseOn = (dataSource: DataSource): ProjectionDatabase => projectionDatabaseOf(poolOf(dataSource));

export const projectionDatabaseOf = (pool: pg.Pool): ProjectionDatabase => ({
  inTransaction: pgInTransaction(pool),
  onConnectionEnd: (listener) => {
    pool.on('remove', listener);
    return () => void pool.off('remove', listener);
  },
});

/** Transactions that see one state of the database, for readers. */
export const onOneStateOf = (dataSource: DataSource): InTransaction => pgOnOneState(poolOf(dataSource));

/** One statement outside of a transaction, with its rows. */
export const queryOn = (dataSource: DataSource): SqlSession => pgAlone(poolOf(dataSource));

/** The connections that the data source opened, under its role and with its deadlines. */
const poolOf = ({ driver }: DataSource): pg.Pool => {
  if ('master' in driver && isPool(driver.master)) return driver.master;
  throw new Error('The data source has no connections of pg');
};

/** Told by what it does: the data source may have loaded a pg of its own. */
const isPool = (value: unknown): value is pg.Pool =>
  typeof value === 'object' && value !== null && 'totalCount' in value && 'connect' in value && 'query' in value;
