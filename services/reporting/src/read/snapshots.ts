import type { SqlSession } from '@cairn/event-bus';
import { Clock } from '@cairn/event-store';
import { FreshReadModels, problems, sessionOf, unavailable } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** All read models at one position of the log, through one snapshot of the database. */
export interface Snapshot {
  readonly session: SqlSession;
  readonly position: number;
  /**
   * Now, or the instant of the newest record when that is later: the clock of the service that recorded it may be
   * ahead of ours, and nobody shall miss what they have just written.
   */
  readonly now: string;
}

interface Places {
  readonly models: number;
  readonly position: string | null;
  readonly newest: Date | null;
}

/** The position that an answer named, as a caller gives it back to have the answer again. */
const positionIn = (token: string): number => {
  const digits = /^reporting:(\d{1,15})$/.exec(token)?.[1];
  if (digits !== undefined) return Number(digits);
  throw problems.badInput('position takes what an earlier answer of this kind gave as "position".', [
    { field: 'position', detail: 'Send for example reporting:42' },
  ]);
};

/** Opens the read models for one request. */
@Injectable()
export class Snapshots {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly readModels: FreshReadModels,
  ) {}

  /**
   * Runs `work` on one state of all read models: the newest, or that of a position which an earlier answer named. Their
   * tables are locked before the snapshot exists, so that it is never older than the generation whose tables it reads:
   * of rows that were written after it, it would see none.
   * @throws a 503 problem while a read model is being derived or has not come to that position
   */
  async read<Result>(pinned: string | undefined, work: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
    const asked = pinned === undefined ? undefined : positionIn(pinned);
    await this.readModels.requireFresh();
    return this.onOneState(async (session) => {
      const { position, newest } = await this.places(session);
      if (asked !== undefined && asked > position) throw unavailable(`The read models are at reporting:${position}, not yet at ${pinned}.`);
      const now = this.clock.now();
      const newestRecord = newest?.toISOString() ?? now;
      return work({ session, position: asked ?? position, now: newestRecord > now ? newestRecord : now });
    });
  }

  /** Transaction and locks in one round trip. The snapshot comes with the first statement that reads, after both. */
  private async onOneState<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    await runner.connect();
    try {
      await runner.query(
        `START TRANSACTION ISOLATION LEVEL REPEATABLE READ; LOCK TABLE ${this.readModels.tables.join(', ')} IN ACCESS SHARE MODE`,
      );
      const result = await work(sessionOf(runner.manager));
      await runner.query('COMMIT');
      return result;
    } catch (error) {
      // Of a connection that broke there is nothing to roll back; what broke it is what the caller hears.
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async places(session: SqlSession): Promise<{ readonly position: number; readonly newest: Date | null }> {
    const { names } = this.readModels;
    const [places] = await session.query<Places>(
      `SELECT count(position)::int AS models, min(position::bigint)::text AS position,
         (SELECT max(recorded_at) FROM received_event) AS newest
       FROM projection_checkpoint WHERE projection = ANY($1::text[])`,
      [names],
    );
    const complete = places?.models === names.length;
    return { position: complete ? Number(places.position) : 0, newest: places?.newest ?? null };
  }
}
