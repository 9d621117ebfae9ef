import { migratePostgresEventBus } from '@cairn/event-bus';
import { migratePostgresEventStore } from '@cairn/event-store';
import pg from 'pg';

import { roleOf, schemaOf, storeSchemaOf } from './service-database.js';

/** The schema that carries the bus when PostgreSQL is the bus. */
export const busSchema = 'bus';

const provisioningLock = 7_240_131;

const quoted = (name: string): string => pg.escapeIdentifier(name);

/**
 * Makes what the services need in a database: a role and a schema each, their event stores and the bus. Run as the
 * owner, before the services start; running it again changes nothing.
 * @throws when the owner may not create roles or schemas; the message says what to grant
 */
export const provisionDatabase = async (databaseUrl: string, services: readonly string[]): Promise<void> => {
  const owner = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, statement_timeout: 60_000 });
  await owner.connect();
  try {
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
  await owner.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schemaOf(service))} AUTHORIZATION ${quoted(role)}`);
};
