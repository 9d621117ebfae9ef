import { InvalidPositionError } from '@cairn/event-bus';
import type { InTransaction, SqlSession } from '@cairn/event-bus';
import type { Logger } from 'pino';

import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import { Signal } from './signal.js';

/** Where a projection reads from: a log with one order, by opaque positions. */
export interface ProjectionSource<Event> {
  /** Up to `limit` events after the position (exclusive), and up to where the log was looked at. */
  read(after: string | undefined, limit: number): Promise<{ readonly events: readonly Event[]; readonly readUpTo: string | undefined }>;
  /** The position of the last event, or undefined for an empty log. */
  head(): Promise<string | undefined>;
  compare(left: string, right: string): number;
}

/** A read model that can be dropped and derived again: its tables depend on the events alone, never on the clock. */
export interface Projection<Event> {
  readonly name: string;
  /** Puts a batch into the tables, within the transaction that keeps the checkpoint. */
  project(events: readonly Event[], session: SqlSession): Promise<void>;
  /** Empties the tables, for a rebuild. */
  reset(session: SqlSession): Promise<void>;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly position: string | undefined;
  /** Position of the last event of the source; undefined: it has none. */
  readonly head: string | undefined;
  readonly caughtUp: boolean;
  /** What the last attempt failed with; undefined while all is well. */
  readonly failure: string | undefined;
}

export const checkpointTable = 'projection_checkpoint';

/** DDL of the checkpoint table, for the service's first migration. */
export const checkpointDdl = `CREATE TABLE IF NOT EXISTS ${checkpointTable} (projection text PRIMARY KEY, position text)`;

/** Every source counts from 1. */
const beforeTheFirst = '0';
const decimal = /^\d{1,18}$/;

const batchEventsMax = 500;
const idle_ms = 50;
const backOffMax_ms = 5_000;

/** Keeps one read model up with its source: batch by batch, the tables and the checkpoint in one transaction. */
export class ProjectionRunner<Event> {
  private position: string | undefined;
  private failure: string | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private resetAsked = false;
  private readonly work = new Signal();
  private readonly progress = new Signal();

  constructor(
    private readonly projection: Projection<Event>,
    private readonly source: ProjectionSource<Event>,
    private readonly inTransaction: InTransaction,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.position = await this.inTransaction(async (session) => {
      await session.query(`INSERT INTO ${checkpointTable} (projection) VALUES ($1) ON CONFLICT DO NOTHING`, [this.projection.name]);
      return this.load(session);
    });
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.work.raise();
    await this.running;
  }

  /** Looks for events at once instead of at the next poll. */
  wake(): void {
    this.work.raise();
  }

  async status(): Promise<ProjectionStatus> {
    const head = await this.source.head();
    const position = this.resetAsked ? undefined : this.position;
    const caughtUp = !this.resetAsked && (head === undefined || head === beforeTheFirst || this.has(head));
    return { name: this.projection.name, position, head, caughtUp, failure: this.failure };
  }

  /** Resolves once everything up to the position is in the tables. @throws PositionNotReachedError, InvalidPositionError */
  async waitFor(position: string, timeout_ms: number): Promise<void> {
    if (!decimal.test(position)) throw new InvalidPositionError(this.projection.name, position);
    if (Number(position) === 0) return;
    const deadline = Date.now() + timeout_ms;
    while (!this.has(position)) {
      const left_ms = deadline - Date.now();
      if (left_ms <= 0) throw new PositionNotReachedError(`${this.projection.name} is not at ${position} yet`);
      const progressed = this.progress.raised(Math.min(left_ms, idle_ms));
      this.work.raise();
      await progressed;
    }
  }

  /** Empties the tables, then derives them again from the whole source. `status` tells how far it is. */
  rebuild(): void {
    this.resetAsked = true;
    this.work.raise();
  }

  private async reset(): Promise<void> {
    await this.inTransaction(async (session) => {
      await this.projection.reset(session);
      await this.keep(session, undefined);
    });
    this.position = undefined;
    this.resetAsked = false;
  }

  private has(position: string): boolean {
    return !this.resetAsked && this.position !== undefined && this.source.compare(this.position, position) >= 0;
  }

  private async loop(): Promise<void> {
    let backOff_ms = idle_ms;
    while (!this.stopped) {
      try {
        if (this.resetAsked) await this.reset();
        const more = await this.step();
        this.failure = undefined;
        backOff_ms = idle_ms;
        if (!more) await this.work.raised(idle_ms);
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        this.logger.error({ err: error, projection: this.projection.name }, 'projection failed; it will try again');
        await this.work.raised(backOff_ms);
        backOff_ms = Math.min(backOff_ms * 2, backOffMax_ms);
      }
    }
  }

  /** Applies one batch; false when there was none. */
  private async step(): Promise<boolean> {
    const page = await this.source.read(this.position, batchEventsMax);
    const { readUpTo } = page;
    if (readUpTo === undefined || readUpTo === this.position) return false;
    const from = this.position;
    this.position = await this.inTransaction(async (session) => {
      const kept = await this.load(session);
      if (kept !== from) return kept; // Another copy of the service was here: go on from where it left off.
      if (page.events.length > 0) await this.projection.project(page.events, session);
      await this.keep(session, readUpTo);
      return readUpTo;
    });
    this.progress.raise();
    return true;
  }

  /** The checkpoint, locked until the transaction ends: of several copies of a service, one writes at a time. */
  private async load(session: SqlSession): Promise<string | undefined> {
    const rows = await session.query<{ position: string | null }>(
      `SELECT position FROM ${checkpointTable} WHERE projection = $1 FOR UPDATE`,
      [this.projection.name],
    );
    return rows[0]?.position ?? undefined;
  }

  private async keep(session: SqlSession, position: string | undefined): Promise<void> {
    await session.query(
      `INSERT INTO ${checkpointTable} (projection, position) VALUES ($1, $2)
       ON CONFLICT (projection) DO UPDATE SET position = excluded.position`,
      [this.projection.name, position ?? null],
    );
  }
}
