import { migratePostgresEventBus } from '@cairn/event-bus';
import { migratePostgresEventStore } from '@cairn/event-store';
import pg from 'pg';

import { nextSchemaOf, previousSchemaOf } from '../projections/generation-schemas.js';
import { engineTrouble, requireSupportedPostgres } from '../service/engine-trouble.js';
import { postgresAt } from '../service/postgres-at.js';
import { roleOf, schemaOf, storeSchemaOf } from './service-database.js';

/** The schema that carries the bus when PostgreSQL is the bus. */
export const busSchema = 'bus';

const provisioningLock = 7_240_131;

const quoted = (name: string): string => pg.escapeIdentifier(name);

/**
 * Makes what the services need in a database: a role and a schema each, their event stores and the bus. Run as the
 * owner, before the services start; running it again changes nothing.
 * @throws EngineTroubleError when the server is away, refuses or is too old
 * @throws when the owner may not create roles or schemas; the message says what to grant
 */
export const provisionDatabase = async (databaseUrl: string, services: readonly string[]): Promise<void> => {
  const deadlines = { connectionTimeoutMillis: 5_000, statement_timeout: 60_000, query_timeout: 60_500 };
  const owner = new pg.Client({ connectionString: databaseUrl, ...deadlines });
  // A connection that breaks later fails the statement that runs; without a listener it would end the process as well.
  owner.on('error', () => undefined);
  const engine = postgresAt(databaseUrl);
  await owner.connect().catch((error: unknown) => {
    throw engineTrouble(engine, error);
  });
  try {
    const version = await owner.query<{ server_version_num: string }>('SHOW server_version_num');
    requireSupportedPostgres(version.rows[0]?.server_version_num ?? '', engine.address);
    await owner.query('SELECT pg_advisory_lock($1)', [provisioningLock]);
    await owner.query('CREATE EXTENSION IF NOT EXISTS btree_gist');
    for (const service of services) await provisionService(owner, service);
    const connection = { connectionString: databaseUrl };
    await migratePostgresEventBus({ connection, schema: busSchema, serviceRoles: services.map(roleOf) });
    for (const service of services) {
      await migratePostgresEventStore({ ownerConnection: databaseUrl, schema: storeSchemaOf(service), serviceRole: roleOf(service) });
    }
  } finally {
    await owner.end();
  }
};

/** Roles belong to the whole server: another database of it may have made them already, or be making them now. */
const makeRole = (role: string): string => `
  DO $$ BEGIN
    CREATE ROLE ${quoted(role)} NOLOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`;

const provisionService = async (owner: pg.Client, service: string): Promise<void> => {
  const role = roleOf(service);
  const known = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (known.rowCount === 0) await owner.query(makeRole(role));
  const member = await owner.query<{ is: boolean }>(`SELECT pg_has_role($1, 'MEMBER') AS is`, [role]);
  if (member.rows[0]?.is !== true) await owner.query(`GRANT ${quoted(role)} TO CURRENT_USER`);
  const schema = schemaOf(service);
  for (const name of [schema, nextSchemaOf(schema), previousSchemaOf(schema)]) {
    await owner.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(name)} AUTHORIZATION ${quoted(role)}`);
  }
};
