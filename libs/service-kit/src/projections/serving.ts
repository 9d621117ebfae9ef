import type { InTransaction, SqlSession } from '@cairn/event-bus';
import type { Logger } from 'pino';

import { LeaseLostError } from './checkpoint-rows.js';
import type { CheckpointRows } from './checkpoint-rows.js';
import { GenerationTables } from './generation-tables.js';
import { beforeTheFirst } from './known-position.js';
import type { KnownPosition } from './known-position.js';
import type { Lease } from './lease.js';
import type { Page, Projection, ProjectionSource } from './projection.js';
import { ReadAhead } from './read-ahead.js';

export interface ServingParts<Event> {
  readonly projection: Projection<Event>;
  readonly source: ProjectionSource<Event>;
  readonly inTransaction: InTransaction;
  readonly logger: Logger;
  readonly rows: CheckpointRows;
  readonly lease: Lease;
  readonly known: KnownPosition;
}

const batchEventsMax = 500;

/** The tables of a projection in the schema that its sessions work in. */
export const generationsOf = async (projection: Projection<never>, session: SqlSession): Promise<GenerationTables> => {
  const [row] = await session.query<{ schema: string }>('SELECT current_schema() AS schema');
  return new GenerationTables(projection, row?.schema ?? '');
};

/** Writes the generation that is read, batch by batch: the tables and the checkpoint in one transaction. */
export class Serving<Event> {
  private begun: string | undefined;
  private doubts = 0;
  private readonly pages: ReadAhead<Event>;

  constructor(private readonly parts: ServingParts<Event>) {
    this.pages = new ReadAhead(parts.source, batchEventsMax);
  }

  /** Whether this copy has made sure of its ground under this fence. */
  hasBegun(fence: string): boolean {
    return this.begun === fence;
  }

  /** To be called when the database may have forgotten what it had committed: where it stands is looked up before the next batch. */
  doubt(): void {
    this.doubts += 1;
    this.begun = undefined;
    this.parts.known.forget();
  }

  /**
   * Takes the lease, or renews it when it is due, and sees on the way whether the checkpoint has gone back: behind a pooler
   * of connections, which hides it, the server may have crashed.
   */
  async keepLease(): Promise<void> {
    const { known, lease, source } = this.parts;
    const before = known.value;
    const seen = await lease.keep();
    if (seen !== undefined && before !== undefined && source.compare(before, seen.position ?? beforeTheFirst) > 0) this.doubt();
  }

  /** Applies one batch, while the next is read; false when no more is to be expected. @throws LeaseLostError */
  async step(fence: string): Promise<boolean> {
    const { doubts } = this;
    const more = await this.applyNext(fence, () => this.doubts === doubts);
    if (this.doubts === doubts) return more;
    this.begun = undefined;
    return true;
  }

  private async applyNext(fence: string, isCertain: () => boolean): Promise<boolean> {
    const { known, lease } = this.parts;
    if (!this.hasBegun(fence)) await this.begin(fence);
    const from = known.value;
    const page = await this.pages.after(from);
    const { readUpTo } = page;
    if (readUpTo === undefined || readUpTo === from) return false;
    try {
      lease.renewed(await this.apply(fence, from, page, readUpTo));
    } catch (error) {
      await this.requireOwnFailure(error, fence, from);
      return true;
    }
    if (!isCertain()) return true;
    known.set(readUpTo);
    // After a batch that took long in the database others may take it before the next look at the clock.
    if (lease.isDue) await this.keepLease().catch(() => undefined); // The loop that keeps it tries again, and tells.
    return page.isLast !== true;
  }

  /** Answers a time before the statement that renewed the lease with it. */
  private apply(fence: string, from: string | undefined, { events, isLast }: Page<Event>, readUpTo: string): Promise<number> {
    const { projection, inTransaction, rows, lease } = this.parts;
    const begun_ms = performance.now();
    return inTransaction(async (session) => {
      const advanced = rows.advance(session, { fence, from, to: readUpTo, lease_ms: lease.term_ms });
      advanced.catch(() => undefined); // It comes with the failure of the statement that it goes with.
      const projected = events.length > 0 ? projection.project(events, session) : undefined;
      // Only now, so that the next page is taken apart while the database works, and nothing waits for that.
      if (isLast !== true) this.pages.readOn(readUpTo);
      await projected;
      if (!lease.isDueSince(begun_ms)) return begun_ms;
      const prolonged_ms = performance.now();
      await rows.prolong(session, lease.term_ms);
      return prolonged_ms;
    });
  }

  /**
   * Tells why a batch failed, which the failure itself does not: another copy took over, or the checkpoint stands elsewhere,
   * because a commit of ours was kept although its answer was lost, or was forgotten although it was answered. Then where
   * it stands is looked up anew. @throws LeaseLostError, else the failure itself
   */
  private async requireOwnFailure(failure: unknown, fence: string, from: string | undefined): Promise<void> {
    const { inTransaction, rows } = this.parts;
    // What follows a failure is read anew, as it is by then.
    this.pages.forget();
    const { position } = await inTransaction((session) => rows.lock(session, fence)).catch((error: unknown) => {
      throw error instanceof LeaseLostError ? error : failure;
    });
    if (position === (from ?? null)) throw failure;
    this.doubt();
  }

  /**
   * A copy that takes over goes on from where the database says, and makes sure that it is a position of this very source.
   * What it finds is on the disk: a transaction that locks a row waits for the disk with its commit, and brings along what was before.
   */
  private async begin(fence: string): Promise<void> {
    const { projection, source, inTransaction, rows, known, logger } = this.parts;
    this.pages.forget();
    const id = await source.id?.();
    const { position, another } = await inTransaction(async (session) => {
      const checkpoint = await rows.lock(session, fence);
      const { source: before } = await rows.look(session);
      if (id === undefined || id === before) return { position: checkpoint.position, another: false };
      await rows.nameSource(session, id);
      if (before === null || checkpoint.position === null) return { position: checkpoint.position, another: false };
      await (await generationsOf(projection, session)).startOver(session);
      await rows.startOver(session);
      return { position: null, another: true };
    });
    if (another) logger.warn({ projection: projection.name, source: id }, 'the record is another one; the read model is derived from it anew');
    known.set(position ?? undefined);
    this.begun = fence;
  }
}
