import pg from 'pg';

import { planSettings } from './connection-options.js';
import { isConnectionLost } from './postgres-errors.js';

/** Under a stricter level concurrent appends would fail each other instead of taking turns. */
const sessionSettings = `${planSettings}; SET default_transaction_isolation = 'read committed'`;

/** The one connection over which a store of this process appends. Comes up when needed, and again after it was lost. */
export class AppendConnection {
  private client: Promise<pg.Client> | undefined;

  constructor(private readonly config: pg.ClientConfig) {}

  async query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<readonly Row[]> {
    this.client ??= this.connect();
    const connecting = this.client;
    try {
      const client = await connecting;
      return (await client.query<Row>(query)).rows;
    } catch (error) {
      if (isConnectionLost(error)) this.forget(connecting);
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.end();
  }

  private connect(): Promise<pg.Client> {
    // What is asked for is sent at once, so that the server goes on with it whatever Node does; each statement is still
    // a transaction of its own, which fails alone.
    const client = new pg.Client({ ...this.config, pipeline: true });
    const connecting = client
      .connect()
      .then(() => client.query(sessionSettings))
      .then(() => client);
    // A connection that ends between two appends is replaced by the next one; nobody waits for it, so nobody is told.
    client.on('error', () => this.forget(connecting));
    connecting.catch(() => void client.end().catch(() => undefined));
    return connecting;
  }

  private forget(connecting: Promise<pg.Client>): void {
    if (this.client !== connecting) return;
    this.client = undefined;
    void connecting.then((client) => client.end()).catch(() => undefined);
  }
}
