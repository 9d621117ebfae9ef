import type { SqlSession } from '@cairn/event-bus';
import pg from 'pg';

import { nextSchemaOf, previousSchemaOf } from './generation-schemas.js';
import type { Difference, Projection, TableDifference } from './projection.js';

const quoted = (name: string): string => pg.escapeIdentifier(name);

type Tables = Pick<Projection<never>, 'tables' | 'ddl' | 'indexes'>;

/**
 * The tables of a read model in up to three generations: one that serves in the schema of the service, one that is
 * built in `<schema>_next`, and the one before in `<schema>_previous`. Their names are the same in all three, those of
 * indexes and constraints included, so that whatever is said of one can be said of the other.
 */
export class GenerationTables {
  readonly next: string;
  readonly previous: string;
  /** Readers and the swap lock in this order; two orders could wait for each other. */
  private readonly names: readonly string[];

  constructor(
    private readonly projection: Tables,
    readonly schema: string,
  ) {
    this.next = nextSchemaOf(schema);
    this.previous = previousSchemaOf(schema);
    this.names = [...projection.tables].sort();
  }

  /** Names without a schema mean the next generation for the rest of the transaction, and what it lacks the service's own. */
  async aimAtNext(session: SqlSession): Promise<void> {
    // What is lost of a build by a crash of the server is built again, so nobody waits for the disk.
    await session.query(
      `SELECT set_config('search_path', $1 || ', ' || current_setting('search_path'), true), set_config('synchronous_commit', 'off', true)`,
      [quoted(this.next)],
    );
  }

  /** Makes the tables of a new generation, in place of whatever was left of one. @throws when the owner has not made the schemas */
  async makeNext(session: SqlSession): Promise<void> {
    await this.requireSchemas(session);
    await session.query(`DROP TABLE IF EXISTS ${this.listed(this.next)}`);
    await this.aimAtNext(session);
    await session.query(this.projection.ddl);
  }

  /** The indexes and constraints that filling does without; they check every row. */
  async completeNext(session: SqlSession): Promise<void> {
    await this.aimAtNext(session);
    if (this.projection.indexes !== undefined) await session.query(this.projection.indexes);
    await session.query(`ANALYZE ${this.listed(this.next)}`);
  }

  /** The generation before becomes the one that is built. */
  async previousToNext(session: SqlSession): Promise<void> {
    await this.requireSchemas(session);
    await session.query(`DROP TABLE IF EXISTS ${this.listed(this.next)}`);
    await this.move(session, this.previous, this.next);
  }

  /**
   * Moves the generation that serves to the schema of the one before, and the one that was built to its place.
   * @throws error 55P03 when readers do not leave the tables within `lock_ms`; those who come meanwhile wait as long
   */
  async swap(session: SqlSession, lock_ms: number): Promise<void> {
    await session.query(`SELECT set_config('lock_timeout', $1, true)`, [String(lock_ms)]);
    await session.query(`LOCK TABLE ${this.listed(this.schema)} IN ACCESS EXCLUSIVE MODE`);
    await this.copyGrants(session);
    await session.query(`DROP TABLE IF EXISTS ${this.listed(this.previous)}`);
    await this.move(session, this.schema, this.previous);
    await this.move(session, this.next, this.schema);
  }

  /** An empty generation in place of the one that serves; the others are forgotten. */
  async startOver(session: SqlSession): Promise<void> {
    await this.makeNext(session);
    await this.completeNext(session);
    await this.copyGrants(session);
    await session.query(`DROP TABLE IF EXISTS ${this.listed(this.schema)}, ${this.listed(this.previous)}`);
    await this.move(session, this.next, this.schema);
  }

  /** What tells the next generation from the one that serves, as the snapshot of the transaction sees both. */
  async compare(session: SqlSession): Promise<Difference> {
    const tables: TableDifference[] = [];
    for (const table of this.names) tables.push(await this.compareTable(session, table));
    return { rowsDiffer: tables.reduce((sum, { gone, added }) => sum + Math.max(gone, added), 0), tables };
  }

  private async compareTable(session: SqlSession, table: string): Promise<TableDifference> {
    const [served, next] = [`${quoted(this.schema)}.${quoted(table)}`, `${quoted(this.next)}.${quoted(table)}`];
    // A sum does not care for the order of the rows.
    const digestOf = (name: string): string =>
      `(SELECT count(*) || ' ' || coalesce(sum(hashtextextended(whole_row::text, 0)::numeric), 0) FROM ${name} AS whole_row)`;
    const [told] = await session.query<{ same: boolean; rows: string }>(
      `SELECT ${digestOf(served)} = ${digestOf(next)} AS same, (SELECT count(*) FROM ${next})::text AS rows`,
    );
    const rows = Number(told?.rows);
    if (told?.same === true) return { table, rows, gone: 0, added: 0 };
    const only = (one: string, other: string): string =>
      `(SELECT count(*)::int FROM (SELECT whole_row::text FROM ${one} AS whole_row
         EXCEPT ALL SELECT whole_row::text FROM ${other} AS whole_row) AS alone)`;
    const [counted] = await session.query<{ gone: number; added: number }>(
      `SELECT ${only(served, next)} AS gone, ${only(next, served)} AS added`,
    );
    return { table, rows, gone: counted?.gone ?? 0, added: counted?.added ?? 0 };
  }

  private async move(session: SqlSession, from: string, to: string): Promise<void> {
    await session.query(
      this.names.map((table) => `ALTER TABLE ${quoted(from)}.${quoted(table)} SET SCHEMA ${quoted(to)}`).join('; '),
    );
  }

  /** Whoever was let in to a table of the generation that serves is let in to the one that takes its place. */
  private async copyGrants(session: SqlSession): Promise<void> {
    const grants = await session.query<{ sql: string }>(
      `SELECT format('GRANT %s ON %I.%I TO %s%s', a.privilege_type, $2::text, c.relname,
         CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
         CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
       FROM pg_class c, aclexplode(c.relacl) a
       WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relname = ANY($3::text[]) AND a.grantee <> c.relowner`,
      [this.schema, this.next, this.names],
    );
    for (const { sql } of grants) await session.query(sql);
  }

  private async requireSchemas(session: SqlSession): Promise<void> {
    const rows = await session.query('SELECT 1 FROM pg_namespace WHERE nspname = ANY($1::text[])', [[this.next, this.previous]]);
    if (rows.length === 2) return;
    throw new Error(`The schemas ${this.next} and ${this.previous} are not there; provisioning the database as its owner makes them`);
  }

  private listed(schema: string): string {
    return this.names.map((table) => `${quoted(schema)}.${quoted(table)}`).join(', ');
  }
}
