import type { EventBus } from '../event-bus.js';
import type { ConsumerStore, OffsetRow } from '../postgres/consumer-store.js';
import { PostgresEventBus } from '../postgres/postgres-event-bus.js';
import type { InTransaction } from '../sql-session.js';

/**
 * How far a group has come in each partition of the log that the bus carries now. Offsets of another log mean nothing
 * in this one: it is read from its beginning, and the inbox keeps what was taken in from there from a second effect.
 */
export class LogCheckpoints {
  private readonly logs = new Map<string, string>();

  constructor(
    private readonly bus: EventBus,
    private readonly inTransaction: InTransaction,
    private readonly store: ConsumerStore,
  ) {}

  /** To be called before the first partition is taken over. @throws EventBusUnavailableError */
  async prepare(): Promise<void> {
    // Checkpoints from before logs had names are of the log in PostgreSQL: there was no other.
    if (!(this.bus instanceof PostgresEventBus)) return;
    const logId = await this.bus.logId();
    await this.inTransaction((session) => this.store.nameCheckpoints(session, logId));
  }

  /** The last offset whose effect is kept; what is taken in of the partition from now on is of the log of this moment. */
  async lastOffset(topic: string, partition: number): Promise<string | undefined> {
    const logId = await this.bus.logId();
    const rows = await this.inTransaction((session) => this.store.lastOffsets(session, logId));
    this.logs.set(nameOf(topic, partition), logId);
    return rows.find((row) => row.topic === topic && row.partition === partition)?.last_offset;
  }

  /** Those of all partitions, whichever copy owns them. */
  async lastOffsets(): Promise<readonly OffsetRow[]> {
    const logId = await this.bus.logId();
    return this.inTransaction((session) => this.store.lastOffsets(session, logId));
  }

  /** The log that the batches of a partition come from: the one of which the last checkpoint was asked. */
  async logOf(topic: string, partition: number): Promise<string> {
    return this.logs.get(nameOf(topic, partition)) ?? this.bus.logId();
  }
}

const nameOf = (topic: string, partition: number): string => `${partition}@${topic}`;
