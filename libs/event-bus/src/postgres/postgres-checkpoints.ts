import { randomUUID } from 'node:crypto';
import type { EventStore } from '@cairn/event-store';
import { PostgresEventStore } from '@cairn/event-store';
import type { EventBus } from '../event-bus.js';
import type { RelayCheckpoint } from '../relay/relay-checkpoint.js';
import type { InTransaction } from '../sql-session.js';
import { PostgresEventBus } from './postgres-event-bus.js';
import type { RelayPair } from './relay-rows.js';
import { RelayRows } from './relay-rows.js';
import { migrateRelayTable } from './relay-table.js';

/** What a relay carries, and where to: a position means something for this pair alone. */
export interface RelayEnds {
  readonly store: EventStore;
  readonly bus: EventBus;
}

/**
 * Checkpoints and turns by name, in a table of the service's schema. Each is kept for a record and a log: a record whose
 * history is not on this log yet is published from its beginning, and one that comes back to a log goes on there.
 */
export class PostgresCheckpoints {
  constructor(
    private readonly inTransaction: InTransaction,
    private readonly schema: string,
  ) {}

  /** Creates the table, or brings that of an older version up to date; run by the service's role in its own schema. */
  migrate(): Promise<void> {
    return migrateRelayTable(this.inTransaction, this.schema);
  }

  /** Which record and which log it is, is asked when it is needed: either may be away at the start. */
  of(name: string, ends: RelayEnds): Required<RelayCheckpoint> {
    return new PairCheckpoint(new RelayRows(this.inTransaction, this.schema), name, ends);
  }
}

/** Another copy publishes by now, or the topic is published anew; what this one did last is done once more. */
class LostTurnError extends Error {
  override readonly name = 'LostTurnError';
  constructor(topic: string) {
    super(`The turn to publish ${topic} was lost`);
  }
}

class PairCheckpoint implements Required<RelayCheckpoint> {
  private readonly holder = randomUUID();
  /** Of the turn: what is saved during it belongs to the log on which it began, also when that is exchanged meanwhile. */
  private held: RelayPair | undefined;

  constructor(
    private readonly rows: RelayRows,
    private readonly name: string,
    private readonly ends: RelayEnds,
  ) {}

  async load(): Promise<string | undefined> {
    return this.rows.load(this.name, this.held ?? (await this.pair()));
  }

  async save(position: string): Promise<void> {
    const saved = await this.rows.save(this.name, this.held ?? (await this.pair()), this.holder, position);
    if (!saved) throw new LostTurnError(this.name);
  }

  publisherId(): Promise<string> {
    return this.rows.publisherId();
  }

  async takeTurn(leaseMs: number): Promise<boolean> {
    if (this.held !== undefined) return this.keepTurn(this.held, leaseMs);
    const pair = await this.pair();
    // Before records and logs had names, both were in PostgreSQL.
    const { store, bus } = this.ends;
    if (store instanceof PostgresEventStore && bus instanceof PostgresEventBus) {
      await this.rows.nameCheckpoint(this.name, pair);
    }
    const taken = await this.rows.takeTurn(this.name, pair, this.holder, leaseMs);
    if (taken) this.held = pair;
    return taken;
  }

  async endTurn(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) await this.rows.endTurn(this.name, held, this.holder);
  }

  async restart(leaseMs: number): Promise<void> {
    await this.rows.restart(this.name, await this.pair(), randomUUID(), leaseMs);
  }

  /** False when another copy has the turn, and when this is not the record or the log any more on which it began. */
  private async keepTurn(held: RelayPair, leaseMs: number): Promise<boolean> {
    const kept = await this.rows.keepTurn(this.name, held, this.holder, leaseMs);
    // While either is away nothing is published, so that nothing can go to the wrong place.
    const now = await this.pair().catch(() => held);
    return kept && now.storeId === held.storeId && now.logId === held.logId;
  }

  private async pair(): Promise<RelayPair> {
    const [storeId, logId] = await Promise.all([this.ends.store.storeId(), this.ends.bus.logId()]);
    return { storeId, logId };
  }
}
