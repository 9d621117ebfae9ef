import { randomUUID } from 'node:crypto';
import { quoteIdentifier } from '../quote-identifier.js';
import type { RelayCheckpoint } from '../relay/relay-checkpoint.js';
import type { InTransaction } from '../sql-session.js';

/** Checkpoints and turns by name, in a table of the service's schema. */
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
           position text,
           holder uuid,
           turn_ends_at timestamptz,
           changed_at timestamptz NOT NULL DEFAULT now()
         ) WITH (fillfactor = 50)`,
      );
    });
  }

  of(name: string): Required<RelayCheckpoint> {
    const holder = randomUUID();
    return {
      load: () => this.load(name),
      save: (position) => this.save(name, position),
      takeTurn: (leaseMs) => this.takeTurn(name, holder, leaseMs),
      endTurn: () => this.endTurn(name, holder),
    };
  }

  private async load(name: string): Promise<string | undefined> {
    const sql = `SELECT position FROM ${this.table} WHERE name = $1`;
    const rows = await this.run<{ position: string | null }>(sql, [name]);
    return rows[0]?.position ?? undefined;
  }

  private async save(name: string, position: string): Promise<void> {
    await this.run(
      `INSERT INTO ${this.table} (name, position) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET position = excluded.position, changed_at = now()`,
      [name, position],
    );
  }

  private async takeTurn(name: string, holder: string, leaseMs: number): Promise<boolean> {
    const rows = await this.run(
      `INSERT INTO ${this.table} AS c (name, holder, turn_ends_at)
       VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, turn_ends_at = excluded.turn_ends_at
         WHERE c.holder IS NULL OR c.holder = excluded.holder OR c.turn_ends_at < clock_timestamp()
       RETURNING 1 AS taken`,
      [name, holder, leaseMs],
    );
    return rows.length > 0;
  }

  private async endTurn(name: string, holder: string): Promise<void> {
    await this.run(`UPDATE ${this.table} SET holder = NULL, turn_ends_at = NULL WHERE name = $1 AND holder = $2`, [
      name,
      holder,
    ]);
  }

  private run<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return this.inTransaction((session) => session.query<Row>(sql, values));
  }
}
