import type { InTransaction } from '@cairn/event-bus';
import pg from 'pg';

import { connectAs, deadlines } from './service-database.js';

const statement_ms = 1_800_000;

/**
 * Transactions for what takes long and comes seldom, such as the indexes of a large read model: each has a connection of
 * its own, whose statements may take half an hour, and they can be ended from outside.
 */
export class LongTransactions {
  private readonly running = new Set<pg.Client>();
  private ended = false;

  constructor(private readonly connection: pg.ClientConfig) {}

  readonly inTransaction: InTransaction = async (work) => {
    const client = new pg.Client({ ...this.connection, ...deadlines(statement_ms) });
    // A connection that breaks between two statements says so by an event, which would end the process unheard.
    client.on('error', () => undefined);
    await client.connect();
    this.running.add(client);
    try {
      if (this.ended) throw new Error('No long transaction is begun any more');
      // The server looks after a client that went away in the middle of a statement, where its system can tell.
      await client.query(`SET client_connection_check_interval = '1s'`).catch(() => undefined);
      await client.query('BEGIN');
      const result = await work({
        query: async <Row>(sql: string, values: readonly unknown[] = []) => (await client.query(sql, [...values])).rows as Row[],
      });
      await client.query('COMMIT');
      return result;
    } finally {
      this.running.delete(client);
      await client.end().catch(() => undefined);
    }
  };

  /** Breaks the connections of those that run, which rolls them back, and refuses every later one. */
  end(): void {
    this.ended = true;
    for (const client of this.running) void client.end().catch(() => undefined);
  }
}

/** Long transactions under the role of the service. */
export const longTransactionsOf = (databaseUrl: string, service: string): LongTransactions => new LongTransactions(connectAs(databaseUrl, service));
