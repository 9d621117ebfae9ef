import { quoteIdentifier } from '../quote-identifier.js';
import type { InTransaction } from '../sql-session.js';

/** Where a relay keeps the position up to which it has published. */
export interface RelayCheckpoint {
  load(): Promise<string | undefined>;
  save(position: string): Promise<void>;
}

/** Checkpoints by name, in a table of the service's schema. */
export class PostgresCheckpoints {
  private readonly table: string;

  constructor(
    private readonly inTransaction: InTransaction,
    private readonly schema: string,
  ) {
    this.table = `${quoteIdentifier(schema)}.relay_checkpoint`;
  }

  /** Creates the table unless it exists; run by the service's role in its own schema. */
  async migrate(): Promise<void> {
    await this.inTransaction(async (session) => {
      await session.query(`SELECT pg_advisory_xact_lock(hashtextextended('cairn relay ' || $1, 0))`, [this.schema]);
      await session.query(
        `CREATE TABLE IF NOT EXISTS ${this.table} (
           name text PRIMARY KEY,
           position text NOT NULL,
           changed_at timestamptz NOT NULL DEFAULT now()
         ) WITH (fillfactor = 50)`,
      );
    });
  }

  of(name: string): RelayCheckpoint {
    return { load: () => this.load(name), save: (position) => this.save(name, position) };
  }

  private load(name: string): Promise<string | undefined> {
    return this.inTransaction(async (session) => {
      const rows = await session.query<{ position: string }>(`SELECT position FROM ${this.table} WHERE name = $1`, [name]);
      return rows[0]?.position;
    });
  }

  private async save(name: string, position: string): Promise<void> {
    await this.inTransaction((session) =>
      session.query(
        `INSERT INTO ${this.table} (name, position) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET position = excluded.position, changed_at = now()`,
        [name, position],
      ),
    );
  }
}
