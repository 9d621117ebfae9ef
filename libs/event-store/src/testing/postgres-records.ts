import { afterAll, beforeAll } from '@jest/globals';
import type { TestDatabase } from '@cairn/embedded-postgres/testing';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import pg from 'pg';

import type { PostgresEventStoreOptions } from '../postgres/connection-options.js';
import { migratePostgresEventStore } from '../postgres/migrate.js';
import type { PostgresEventStore } from '../postgres/postgres-event-store.js';
import { openPostgresEventStore } from '../postgres/postgres-event-store.js';
import { ManualClock } from './manual-clock.js';

export const scope = 'records';

/** An empty record in a schema of its own. */
export interface PostgresRecord {
  readonly schema: string;
  readonly url: string;
  open(options?: Partial<PostgresEventStoreOptions>): PostgresEventStore;
}

/** One database for the specs of a file, a schema for each record, and an end to everything that was opened. */
export class PostgresRecords {
  private database: TestDatabase | undefined;
  private admin: pg.Client | undefined;
  private readonly opened: PostgresEventStore[] = [];
  private schemas = 0;

  constructor() {
    beforeAll(async () => {
      this.database = await testDatabase();
      this.admin = await this.connect();
    });
    afterAll(async () => {
      await Promise.all(this.opened.map((store) => store.close()));
      await this.admin?.end();
      await this.database?.drop();
    });
  }

  /** Of the superuser. */
  get url(): string {
    if (!this.database) throw new Error('The database exists inside a test only');
    return this.database.url;
  }

  async create(serviceRole?: string): Promise<PostgresRecord> {
    this.schemas += 1;
    const schema = `record_${this.schemas}_store`;
    const { url } = this;
    const forRole = serviceRole === undefined ? {} : { serviceRole };
    await migratePostgresEventStore({ ownerConnection: url, schema, ...forRole });
    const open = (options: Partial<PostgresEventStoreOptions> = {}): PostgresEventStore => {
      const clock = new ManualClock();
      const store = openPostgresEventStore({ scope, schema, clock, connectionString: url, ...options });
      this.opened.push(store);
      return store;
    };
    return { schema, url, open };
  }

  /** A connection of the superuser beside the store. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Runs as superuser. */
  async sql<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    if (!this.admin) throw new Error('The database exists inside a test only');
    return (await this.admin.query<Row>(text, values)).rows;
  }

  /** Runs as superuser past the trigger that guards the events of a schema. */
  async pastTheGuard(schema: string, text: string): Promise<void> {
    await this.sql(`ALTER TABLE ${schema}.es_event DISABLE TRIGGER es_event_append_only`);
    await this.sql(text);
    await this.sql(`ALTER TABLE ${schema}.es_event ENABLE TRIGGER es_event_append_only`);
  }
}
