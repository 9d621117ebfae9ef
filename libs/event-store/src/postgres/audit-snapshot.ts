import pg from 'pg';

import { textTypes } from './connection-options.js';
import type { EventRow, HeadRow } from './event-row.js';
import { eventColumns, headColumns } from './event-row.js';
import { isConnectionLost, isTimeout, normalised } from './postgres-errors.js';

/** A page of rows, or a single position that the server itself cannot read. */
export type AuditPage =
  | { readonly rows: readonly EventRow[] }
  | { readonly unreadablePosition: number; readonly reason: string };

const statementTimeoutMs = 60_000;

/** One moment of a store, for reading all of it while others write. */
export class AuditSnapshot {
  private constructor(
    private readonly client: pg.Client,
    private readonly schema: string,
  ) {}

  /** @param schema quoted. @throws EventStoreUnavailableError */
  static async open(connection: string | pg.ClientConfig, schema: string): Promise<AuditSnapshot> {
    const config = typeof connection === 'string' ? { connectionString: connection } : connection;
    const client = new pg.Client({
      application_name: 'cairn event store verification',
      connectionTimeoutMillis: 5_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 500,
      ...config,
      types: textTypes,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return new AuditSnapshot(client, schema);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw normalised(error);
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  /** The position that the head row tells; undefined when there is no such row. */
  async head(): Promise<number | undefined> {
    const [row] = await this.rows<{ pos: string }>(`SELECT pos FROM ${this.schema}.es_head`);
    return row && Number(row.pos);
  }

  /** First and last position that is really there. */
  async bounds(): Promise<{ readonly first: number; readonly last: number } | undefined> {
    const [row] = await this.rows<{ first: string | null; last: string | null }>(
      `SELECT min(pos) AS first, max(pos) AS last FROM ${this.schema}.es_event`,
    );
    return row?.first == null || row.last === null ? undefined : { first: Number(row.first), last: Number(row.last) };
  }

  async firstFrom(position: number): Promise<number | undefined> {
    const [row] = await this.rows<{ pos: string }>(
      `SELECT pos FROM ${this.schema}.es_event WHERE pos >= $1 ORDER BY pos LIMIT 1`,
      [position],
    );
    return row && Number(row.pos);
  }

  async streams(after: string, limit: number): Promise<readonly HeadRow[]> {
    const text = `SELECT ${headColumns} FROM ${this.schema}.es_stream s WHERE s.stream_id > $1 ORDER BY 1 LIMIT $2`;
    return await this.rows<HeadRow>(text, [after, limit]);
  }

  /**
   * Events by position, both ends inclusive. Where the server cannot read (a broken page, bytes that are no text),
   * halves the range until it knows which position it is, so that the rest is still looked at.
   */
  async *events(from: number, to: number): AsyncGenerator<AuditPage> {
    const page = await this.page(from, to);
    if ('rows' in page || from === to) {
      yield page;
      return;
    }
    const middle = Math.floor((from + to) / 2);
    yield* this.events(from, middle);
    yield* this.events(middle + 1, to);
  }

  private async page(from: number, to: number): Promise<AuditPage> {
    await this.client.query('SAVEPOINT page');
    try {
      const text = `SELECT ${eventColumns} FROM ${this.schema}.es_event e WHERE e.pos BETWEEN $1 AND $2 ORDER BY e.pos`;
      return { rows: (await this.client.query<EventRow>(text, [from, to])).rows };
    } catch (error) {
      if (isConnectionLost(error) || isTimeout(error)) throw normalised(error);
      await this.client.query('ROLLBACK TO SAVEPOINT page');
      return { unreadablePosition: from, reason: String(error) };
    }
  }

  private async rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    try {
      return (await this.client.query<Row>(text, values)).rows;
    } catch (error) {
      throw normalised(error);
    }
  }
}
