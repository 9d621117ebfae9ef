import { goAlong } from '@cairn/event-bus';
import type { InTransaction, Sending, SqlSession } from '@cairn/event-bus';
import { Clock } from '@cairn/event-store';
import { FreshReadModels, onOneStateOf, problems, unavailable } from '@cairn/service-kit';
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

/** Finds what a question is about, and may go along with the statement that follows. */
export type Find<Found> = (session: SqlSession, sending?: Pick<Sending, 'withNext'>) => Promise<Found>;

/**
 * So many requests look first after one did not find the read models where this process took them to be, and twice as many
 * each time that comes again.
 */
const carefulReads = 20;
const carefulReadsMax = 1_280;

/** Opens the read models for one request. */
@Injectable()
export class Snapshots {
  private readonly onOneState: InTransaction;
  private carefulFor = 0;
  private carefulNext = carefulReads;

  constructor(
    dataSource: DataSource,
    private readonly clock: Clock,
    private readonly readModels: FreshReadModels,
  ) {
    this.onOneState = onOneStateOf(dataSource);
  }

  /**
   * Runs `work` on one state of all read models: the newest, or that of a position which an earlier answer named. Their
   * tables are locked before the snapshot exists, so that it is never older than the generation whose tables it reads:
   * of rows that were written after it, it would see none. Both go along with the statement by which `find` finds what
   * the question is about.
   * @throws a 503 problem while a read model is being derived or has not come to that position
   */
  async read<Found, Result>(
    pinned: string | undefined,
    find: Find<Found>,
    work: (snapshot: Snapshot, found: Found) => Result | Promise<Result>,
  ): Promise<Result> {
    const asked = pinned === undefined ? undefined : positionIn(pinned);
    await this.readModels.requireFresh();
    return this.onOneState(async (session) => {
      const placed = this.lockedPlaces(session);
      const found = await find(session);
      const { position, newest } = await placed;
      if (asked !== undefined && asked > position) throw unavailable(`The read models are at reporting:${position}, not yet at ${pinned}.`);
      const now = this.clock.now();
      const newestRecord = newest?.toISOString() ?? now;
      return work({ session, position: asked ?? position, now: newestRecord > now ? newestRecord : now }, found);
    });
  }

  /**
   * Reads at now, for work of one statement that rests on nothing but where the read models stand: it goes in the round
   * trip of `find`, for where this process last knew them to be, and their places in the same snapshot tell whether that is
   * so. Where they are elsewhere, or hold a newer record than the clock allows for, it is done again, by what was looked up.
   * @throws as `read` does
   */
  async readNow<Result>(find: Find<unknown>, work: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
    if (this.carefulFor === 0) {
      const guess = await this.readAsKnown(find, work);
      if (guess !== undefined) return guess.result;
    } else this.carefulFor -= 1;
    return this.read(undefined, find, work);
  }

  /** Undefined where nothing is known, and where it was not so. */
  private async readAsKnown<Result>(
    find: Find<unknown>,
    work: (snapshot: Snapshot) => Promise<Result>,
  ): Promise<{ readonly result: Result } | undefined> {
    await this.readModels.requireFresh();
    const asked = await this.onOneState(async (session) => {
      // Only now, because a connection may have been waited for.
      const [position, now] = [this.knownPosition(), this.clock.now()];
      if (position === undefined) return undefined;
      const placed = this.lockedPlaces(session);
      const found = find(session, { withNext: true });
      found.catch(() => undefined); // Whether there is what was asked for is of interest once the place is right.
      const result = work({ session, position, now });
      await result.catch(() => undefined); // So is what the work made of it. A statement that fails is told by the transaction.
      return { position, now, placed, found, result };
    });
    if (asked === undefined) return undefined;
    const { position, newest } = await asked.placed;
    if (position !== asked.position || (newest !== null && newest.toISOString() > asked.now)) {
      this.carefulFor = this.carefulNext;
      this.carefulNext = Math.min(carefulReadsMax, this.carefulNext * 2);
      return undefined;
    }
    this.carefulNext = carefulReads;
    await asked.found;
    return { result: await asked.result };
  }

  private knownPosition(): number | undefined {
    const { positions } = this.readModels;
    const known = positions.filter((position) => position !== undefined);
    return known.length < positions.length ? undefined : Math.min(...known.map(Number));
  }

  /** Locks the tables and looks where they stand, along with the statement that follows. */
  private lockedPlaces(session: SqlSession): Promise<{ readonly position: number; readonly newest: Date | null }> {
    goAlong(session, 'read_models_locked', `LOCK TABLE ${this.readModels.tables.join(', ')} IN ACCESS SHARE MODE`);
    const placed = this.places(session);
    placed.catch(() => undefined); // It comes with the failure of the statement that it goes with.
    return placed;
  }

  /**
   * Where the read models stand. What follows is planned to walk indexes: before a table is analyzed for the first time,
   * or in a plan that was made when it was small, a reader would look through all districts for the rows of one.
   */
  private async places(session: SqlSession): Promise<{ readonly position: number; readonly newest: Date | null }> {
    const { names } = this.readModels;
    const [places] = await session.query<Places>(
      `SELECT count(position)::int AS models, min(position::bigint)::text AS position,
         (SELECT max(recorded_at) FROM received_event) AS newest, set_config('enable_seqscan', 'off', true)
       FROM projection_checkpoint WHERE projection = ANY($1::text[])`,
      [names],
      { name: 'read_models_places', withNext: true },
    );
    const complete = places?.models === names.length;
    return { position: complete ? Number(places.position) : 0, newest: places?.newest ?? null };
  }
}
