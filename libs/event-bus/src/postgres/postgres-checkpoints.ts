import { randomUUID } from 'node:crypto';
import type { EventStore } from '@cairn/event-store';
import { PostgresEventStore } from '@cairn/event-store';
import type { EventBus } from '../event-bus.js';
import { quoteIdentifier } from '../quote-identifier.js';
import type { RelayCheckpoint } from '../relay/relay-checkpoint.js';
import type { InTransaction } from '../sql-session.js';
import { PostgresEventBus } from './postgres-event-bus.js';
import { migrateRelayTable, unnamed } from './relay-table.js';

/** What a relay carries from where to where: a position means something for this pair alone. */
export interface RelayEnds {
  readonly store: EventStore;
  readonly bus: EventBus;
}

interface EndIds {
  readonly storeId: string;
  readonly logId: string;
}

/**
 * Checkpoints and turns by name, in a table of the service's schema. Each is kept for a record and a log: a record whose
 * history is not on this log yet is published from its beginning, and one that comes back to a log goes on there.
 */
export class PostgresCheckpoints {
  private readonly table: string;

  constructor(
    private readonly inTransaction: InTransaction,
    private readonly schema: string,
  ) {
    this.table = `${quoteIdentifier(schema)}.relay_checkpoint`;
  }

  /** Creates the table, or brings that of an older version up to date; run by the service's role in its own schema. */
  migrate(): Promise<void> {
    return migrateRelayTable(this.inTransaction, this.schema);
  }

  /** Which record and which log it is, is asked when it is needed: either may be away at the start. */
  of(name: string, ends: RelayEnds): Required<RelayCheckpoint> {
    const holder = randomUUID();
    // Those of the turn. A log that is exchanged meanwhile ends the turn, and what was done in it stays with the old one.
    let held: EndIds | undefined;
    return {
      load: async () => this.load(name, held ?? (await idsOf(ends))),
      save: async (position) => this.save(name, held ?? (await idsOf(ends)), position),
      takeTurn: async (leaseMs) => {
        if (held !== undefined && !(await this.takeTurn(name, held, holder, leaseMs))) held = undefined;
        const ids = await idsOf(ends).catch((error: unknown) => {
          // Which log it is cannot have changed unseen while it does not answer.
          if (held === undefined) throw error;
          return held;
        });
        if (held !== undefined && isSame(held, ids)) return true;
        if (held !== undefined) await this.endTurn(name, held, holder);
        held = undefined;
        if (isUnnamedPair(ends)) await this.nameCheckpoint(name, ids);
        if (await this.takeTurn(name, ids, holder, leaseMs)) held = ids;
        return held !== undefined;
      },
      endTurn: async () => {
        if (held !== undefined) await this.endTurn(name, held, holder);
        held = undefined;
      },
    };
  }

  private async load(name: string, { storeId, logId }: EndIds): Promise<string | undefined> {
    const sql = `SELECT position FROM ${this.table} WHERE name = $1 AND store_id = $2 AND log_id = $3`;
    const rows = await this.run<{ position: string | null }>(sql, [name, storeId, logId]);
    return rows[0]?.position ?? undefined;
  }

  private async save(name: string, { storeId, logId }: EndIds, position: string): Promise<void> {
    await this.run(
      `INSERT INTO ${this.table} (name, store_id, log_id, position) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name, store_id, log_id) DO UPDATE SET position = excluded.position, changed_at = now()`,
      [name, storeId, logId, position],
    );
  }

  private async takeTurn(name: string, { storeId, logId }: EndIds, holder: string, leaseMs: number): Promise<boolean> {
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

  private async endTurn(name: string, { storeId, logId }: EndIds, holder: string): Promise<void> {
    await this.run(
      `UPDATE ${this.table} SET holder = NULL, turn_ends_at = NULL
       WHERE name = $1 AND store_id = $2 AND log_id = $3 AND holder = $4`,
      [name, storeId, logId, holder],
    );
  }

  /** Gives the checkpoint from before records and logs had names to the pair that it is of, unless that has its own. */
  private async nameCheckpoint(name: string, { storeId, logId }: EndIds): Promise<void> {
    await this.run(
      `UPDATE ${this.table} c SET store_id = $2, log_id = $3 WHERE c.name = $1 AND c.store_id = $4 AND c.log_id = $4
         AND NOT EXISTS (SELECT 1 FROM ${this.table} o WHERE o.name = $1 AND o.store_id = $2 AND o.log_id = $3)`,
      [name, storeId, logId, unnamed],
    );
  }

  private run<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return this.inTransaction((session) => session.query<Row>(sql, values));
  }
}

const idsOf = async ({ store, bus }: RelayEnds): Promise<EndIds> => {
  const [storeId, logId] = await Promise.all([store.storeId(), bus.logId()]);
  return { storeId, logId };
};

const isSame = (left: EndIds, right: EndIds): boolean => left.storeId === right.storeId && left.logId === right.logId;

/** Before records and logs had names, both were in PostgreSQL. */
const isUnnamedPair = ({ store, bus }: RelayEnds): boolean =>
  store instanceof PostgresEventStore && bus instanceof PostgresEventBus;
