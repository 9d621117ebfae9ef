import { randomUUID } from 'node:crypto';

import type { InTransaction } from '@cairn/event-bus';

import { checkpointTable, endingIfFrozen } from './checkpoint-rows.js';

/**
 * The right of one copy of a service to write a projection, for a while at a time. It ends by the clock of the server,
 * the only one that all copies share. Its fence grows with every change of the owner, and is what each commit is
 * checked by: an owner that was frozen and comes back believes in its lease, but commits nothing.
 */
export class Lease {
  private readonly holder = randomUUID();
  private owned: string | undefined;
  private renewedAt_ms = 0;

  constructor(
    private readonly projection: string,
    private readonly inTransaction: InTransaction,
    readonly term_ms: number,
  ) {}

  /** The fence of the lease that this copy believes it has. */
  get fence(): string | undefined {
    return this.owned;
  }

  /**
   * To be told of each commit that renewed it on the way, and of a time before the statement that did: a batch renews it
   * when it begins, whenever it ends.
   */
  renewed(before_ms: number): void {
    this.renewedAt_ms = before_ms;
  }

  /** To be told when a commit was refused. */
  lost(fence: string): void {
    if (this.owned === fence) this.owned = undefined;
  }

  /** Renews the lease when it is due, or takes it when nobody has it. Answers where the checkpoint stands when that was seen on the way. */
  async keep(): Promise<{ readonly position: string | null } | undefined> {
    if (this.owned !== undefined) return this.isDue ? this.renew(this.owned) : undefined;
    await this.take();
    return undefined;
  }

  /** A third of it is over. */
  get isDue(): boolean {
    return this.isDueSince(this.renewedAt_ms);
  }

  /** Whether it would be due if it was renewed then. */
  isDueSince(renewedAt_ms: number): boolean {
    return performance.now() - renewedAt_ms > this.term_ms / 3;
  }

  /** Lets another copy take over at once. */
  async release(): Promise<void> {
    const fence = this.owned;
    this.owned = undefined;
    if (fence === undefined) return;
    await this.inTransaction((session) =>
      session.query(`UPDATE ${checkpointTable} SET holder = NULL, lease_until = NULL WHERE projection = $1 AND fence = $2 RETURNING ${endingIfFrozen}`, [
        this.projection,
        fence,
      ]),
    );
  }

  /** A row that is locked is being written by its owner, which renews the lease: nobody waits for it. */
  private async take(): Promise<void> {
    const before_ms = performance.now();
    const [row] = await this.inTransaction((session) =>
      session.query<{ fence: string }>(
        `UPDATE ${checkpointTable} SET holder = $2, fence = fence + 1, lease_until = clock_timestamp() + $3 * interval '1 millisecond'
         WHERE projection = (SELECT projection FROM ${checkpointTable} WHERE projection = $1
           AND (lease_until IS NULL OR lease_until < clock_timestamp()) FOR UPDATE SKIP LOCKED)
         RETURNING fence::text, ${endingIfFrozen}`,
        [this.projection, this.holder, this.term_ms],
        { last: true },
      ),
    );
    this.renewed(before_ms);
    this.owned = row?.fence;
  }

  private async renew(fence: string): Promise<{ readonly position: string | null } | undefined> {
    const before_ms = performance.now();
    const [row] = await this.inTransaction((session) =>
      session.query<{ position: string | null }>(
        `UPDATE ${checkpointTable} SET lease_until = clock_timestamp() + $2 * interval '1 millisecond'
         WHERE projection = (SELECT projection FROM ${checkpointTable} WHERE projection = $1 FOR UPDATE SKIP LOCKED) AND fence = $3
         RETURNING position, ${endingIfFrozen}`,
        [this.projection, this.term_ms, fence],
        { last: true },
      ),
    );
    if (row) {
      this.renewed(before_ms);
      return { position: row.position };
    }
    const [now] = await this.inTransaction((session) =>
      session.query<{ fence: string }>(`SELECT fence::text FROM ${checkpointTable} WHERE projection = $1`, [this.projection]),
    );
    if (now?.fence !== fence) this.lost(fence);
    return undefined;
  }
}
