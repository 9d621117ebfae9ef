import { quoteIdentifier } from '../quote-identifier.js';
import type { InTransaction } from '../sql-session.js';
import { unnamed } from './relay-table.js';

/** A record and a log: positions of the one that stand on the other. */
export interface RelayPair {
  readonly storeId: string;
  readonly logId: string;
}

/** The statements of relays on the table of `migrateRelayTable`. */
export class RelayRows {
  private readonly table: string;
  private readonly publisher: string;

  constructor(
    private readonly inTransaction: InTransaction,
    schema: string,
  ) {
    this.table = `${quoteIdentifier(schema)}.relay_checkpoint`;
    this.publisher = `${quoteIdentifier(schema)}.relay_publisher`;
  }

  async load(name: string, { storeId, logId }: RelayPair): Promise<string | undefined> {
    const sql = `SELECT position FROM ${this.table} WHERE name = $1 AND store_id = $2 AND log_id = $3`;
    const rows = await this.run<{ position: string | null }>(sql, [name, storeId, logId]);
    return rows[0]?.position ?? undefined;
  }

  /** Made with the table, and stays for as long as it does. */
  async publisherId(): Promise<string> {
    const [row] = await this.run<{ id: string }>(`SELECT id::text FROM ${this.publisher}`, []);
    if (row === undefined) throw new Error(`${this.publisher} has lost its row`);
    return row.id;
  }

  /**
   * False, and nothing is kept, when the turn was lost meanwhile: what another one has kept is not overwritten. It does not
   * wait for the disk: a server that crashes forgets at most the last of them, and what was published since goes out again.
   */
  async save(name: string, { storeId, logId }: RelayPair, holder: string, position: string): Promise<boolean> {
    const rows = await this.run(
      `UPDATE ${this.table} SET position = $5, changed_at = now()
       WHERE name = $1 AND store_id = $2 AND log_id = $3 AND holder = $4 RETURNING set_config('synchronous_commit', 'off', true)`,
      [name, storeId, logId, holder, position],
      'cairn_relay_save',
    );
    return rows.length > 0;
  }

  async takeTurn(name: string, { storeId, logId }: RelayPair, holder: string, leaseMs: number): Promise<boolean> {
    const rows = await this.run(
      `INSERT INTO ${this.table} AS c (name, store_id, log_id, holder, turn_ends_at)
       VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')
       ON CONFLICT (name, store_id, log_id) DO UPDATE
         SET holder = excluded.holder, turn_ends_at = excluded.turn_ends_at
         WHERE c.holder IS NULL OR c.holder = excluded.holder OR c.turn_ends_at < clock_timestamp()
       RETURNING 1 AS taken`,
      [name, storeId, logId, holder, leaseMs],
    );
    return rows.length > 0;
  }

  /** False when the turn was given to another one since it was taken, whoever has it by now: what this one has in its hands is out of date then. */
  async keepTurn(name: string, { storeId, logId }: RelayPair, holder: string, leaseMs: number): Promise<boolean> {
    const rows = await this.run(
      `UPDATE ${this.table} SET turn_ends_at = clock_timestamp() + $5 * interval '1 millisecond'
       WHERE name = $1 AND store_id = $2 AND log_id = $3 AND holder = $4 RETURNING 1 AS kept`,
      [name, storeId, logId, holder, leaseMs],
    );
    return rows.length > 0;
  }

  async endTurn(name: string, { storeId, logId }: RelayPair, holder: string): Promise<void> {
    await this.run(
      `UPDATE ${this.table} SET holder = NULL, turn_ends_at = NULL
       WHERE name = $1 AND store_id = $2 AND log_id = $3 AND holder = $4`,
      [name, storeId, logId, holder],
    );
  }

  /** Hands the turn to somebody who does not publish, for as long as a copy takes to see that it has lost it. */
  async restart(name: string, { storeId, logId }: RelayPair, nobody: string, leaseMs: number): Promise<void> {
    await this.run(
      `INSERT INTO ${this.table} AS c (name, store_id, log_id, holder, turn_ends_at)
       VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')
       ON CONFLICT (name, store_id, log_id) DO UPDATE
         SET position = NULL, holder = excluded.holder, turn_ends_at = excluded.turn_ends_at, changed_at = now()`,
      [name, storeId, logId, nobody, leaseMs],
    );
  }

  /** Gives the checkpoint from before records and logs had names to the pair that it is of, unless that has its own. */
  async nameCheckpoint(name: string, { storeId, logId }: RelayPair): Promise<void> {
    await this.run(
      `UPDATE ${this.table} c SET store_id = $2, log_id = $3 WHERE c.name = $1 AND c.store_id = $4 AND c.log_id = $4
         AND NOT EXISTS (SELECT 1 FROM ${this.table} o WHERE o.name = $1 AND o.store_id = $2 AND o.log_id = $3)`,
      [name, storeId, logId, unnamed],
    );
  }

  private run<Row>(sql: string, values: readonly unknown[], name?: string): Promise<Row[]> {
    const sending = name === undefined ? { last: true } : { last: true, name: `${name}_${this.table}` };
    return this.inTransaction((session) => session.query<Row>(sql, values, sending));
  }
}
