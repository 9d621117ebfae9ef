import type { InTransaction, SqlSession } from '@cairn/event-bus';
import type { Logger } from 'pino';

import type { CheckpointRows } from './checkpoint-rows.js';
import { GenerationTables } from './generation-tables.js';
import type { KnownPosition } from './known-position.js';
import type { Lease } from './lease.js';
import type { Projection, ProjectionSource } from './projection.js';

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

  constructor(private readonly parts: ServingParts<Event>) {}

  /** Whether this copy has made sure of its ground under this fence. */
  hasBegun(fence: string): boolean {
    return this.begun === fence;
  }

  /** Applies one batch; false when there was none. @throws LeaseLostError */
  async step(fence: string): Promise<boolean> {
    const { projection, source, inTransaction, rows, lease, known } = this.parts;
    if (!this.hasBegun(fence)) await this.begin(fence);
    const from = known.value;
    const page = await source.read(from, batchEventsMax);
    const { readUpTo } = page;
    if (readUpTo === undefined || readUpTo === from) return false;
    const reached = await inTransaction(async (session) => {
      const { position } = await rows.lock(session, fence);
      // An earlier commit of ours whose answer was lost on the way: go on from there.
      if (position !== (from ?? null)) return position ?? undefined;
      if (page.events.length > 0) await projection.project(page.events, session);
      await rows.advance(session, readUpTo, lease.term_ms);
      return readUpTo;
    });
    lease.renewed();
    known.set(reached);
    return true;
  }

  /** A copy that takes over goes on from where the database says, and makes sure that it is a position of this very source. */
  private async begin(fence: string): Promise<void> {
    const { projection, source, inTransaction, rows, known, logger } = this.parts;
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
