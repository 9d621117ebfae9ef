import { InvalidPositionError } from '@cairn/event-bus';
import type { InTransaction, SqlSession } from '@cairn/event-bus';
import type { Logger } from 'pino';

import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import { CheckpointRows, LeaseLostError } from './checkpoint-rows.js';
import type { Places } from './checkpoint-rows.js';
import { BuildStoppedError, GenerationBuilder } from './generation-builder.js';
import { GenerationTables } from './generation-tables.js';
import { Lease } from './lease.js';
import { BuildRunningError, NothingToGoBackToError } from './projection.js';
import type { BuildKind, Projection, ProjectionSource, ProjectionStatus } from './projection.js';
import { repeat } from './repeat.js';
import { Signal } from './signal.js';
import { statusOf } from './status-of.js';
import { Turns } from './turns.js';

export interface RunnerOptions {
  /** How long a copy of the service that says nothing keeps its projection; default 2,500. */
  readonly lease_ms?: number;
}

/** Every source counts from 1. */
const beforeTheFirst = '0';
const decimal = /^\d{1,19}$/;

const batchEventsMax = 500;
const idle_ms = 50;
/** How often a copy that does not own the projection looks how far the owner is, while somebody waits for it. */
const standBy_ms = 10;
const builds_ms = 500;

/**
 * Keeps one read model up with its source: batch by batch, the tables and the checkpoint in one transaction. Of several
 * copies of a service one does it at a time; the others stand by, and know from the database how far it is.
 */
export class ProjectionRunner<Event> {
  private position: string | undefined;
  private failure: string | undefined;
  private caughtUpAt_ms = performance.now();
  private servedFence: string | undefined;
  private running: Promise<unknown> | undefined;
  private looking: Promise<void> | undefined;
  private builder: GenerationBuilder<Event> | undefined;
  private stopped = false;
  private readonly work = new Signal();
  private readonly builds = new Signal();
  private readonly ownership = new Signal();
  private readonly progress = new Signal();
  private readonly turns = new Turns();
  private readonly rows: CheckpointRows;
  private readonly lease: Lease;

  constructor(
    private readonly projection: Projection<Event>,
    private readonly source: ProjectionSource<Event>,
    private readonly inTransaction: InTransaction,
    private readonly logger: Logger,
    { lease_ms = 2_500 }: RunnerOptions = {},
  ) {
    this.rows = new CheckpointRows(projection.name);
    this.lease = new Lease(projection.name, inTransaction, lease_ms);
  }

  /** The tables that readers lock, so that no swap comes between two of their statements. */
  get tables(): readonly string[] {
    return this.projection.tables;
  }

  async start(): Promise<void> {
    await this.inTransaction((session) => this.rows.ensure(session));
    await this.lease.keep();
    this.running = Promise.all([
      this.loop(this.ownership, this.lease.term_ms / 6, () => this.keepLease()),
      this.loop(this.work, idle_ms, () => this.serve()),
      this.loop(this.builds, builds_ms, () => this.build()),
    ]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const signal of [this.work, this.builds, this.ownership]) signal.raise();
    await this.running;
    await this.lease.release().catch((error: unknown) => this.logger.warn({ err: error }, 'a lease was not given back; it ends by itself'));
  }

  /** Looks for events at once instead of at the next poll. */
  wake(): void {
    this.work.raise();
  }

  async status(): Promise<ProjectionStatus> {
    const head = await this.source.head();
    const places = await this.inTransaction((session) => this.rows.look(session));
    await this.reached(places);
    const caughtUp = head === undefined || head === beforeTheFirst || this.has(head);
    if (caughtUp) this.caughtUpAt_ms = performance.now();
    const behind_ms = caughtUp ? 0 : Math.round(performance.now() - this.caughtUpAt_ms);
    return statusOf(this.projection.name, head, places, { caughtUp, behind_ms, failure: this.failure });
  }

  /** Resolves once everything up to the position is in the tables. @throws PositionNotReachedError, InvalidPositionError */
  async waitFor(position: string, timeout_ms: number): Promise<void> {
    if (!decimal.test(position)) throw new InvalidPositionError(this.projection.name, position);
    if (Number(position) === 0) return;
    const deadline_ms = performance.now() + timeout_ms;
    while (!this.has(position)) {
      const left_ms = deadline_ms - performance.now();
      if (left_ms <= 0) throw new PositionNotReachedError(`${this.projection.name} is not at ${position} yet`);
      const owns = this.lease.fence !== undefined;
      const progressed = this.progress.raised(Math.min(left_ms, owns ? idle_ms : standBy_ms));
      if (owns) this.work.raise();
      await progressed;
      if (!this.has(position) && this.lease.fence === undefined) await this.lookTogether();
    }
  }

  /** Has another generation built beside the one that serves, which takes its place once it is there. @throws BuildRunningError */
  rebuild(): Promise<void> {
    return this.ask('rebuild');
  }

  /** Has the generation before brought up to date, and swapped with the one that serves. @throws NothingToGoBackToError, BuildRunningError */
  goBack(): Promise<void> {
    return this.ask('go-back');
  }

  private async ask(kind: BuildKind): Promise<void> {
    await this.inTransaction(async (session) => {
      if (await this.rows.ask(session, kind)) return;
      const { build } = await this.rows.look(session);
      if (build) throw new BuildRunningError(this.projection.name, build.kind);
      throw new NothingToGoBackToError(this.projection.name);
    });
    this.builds.raise();
  }

  private has(position: string): boolean {
    return this.position !== undefined && this.source.compare(this.position, position) >= 0;
  }

  /** A position never goes back, however late an older look at the database arrives; one of another record says nothing. */
  private async reached({ position, source }: Places): Promise<void> {
    const ours = await this.source.id?.();
    if (position === null || (ours !== undefined && source !== null && source !== ours)) return;
    if (!this.has(position)) this.position = position;
  }

  private async look(): Promise<void> {
    await this.reached(await this.inTransaction((session) => this.rows.look(session)));
  }

  /** Those who wait at the same time share one look. A failure of it is no reason to wait no longer. */
  private lookTogether(): Promise<void> {
    this.looking ??= this.look()
      .catch((error: unknown) => this.logger.warn({ err: error, projection: this.projection.name }, 'the checkpoint was not read'))
      .finally(() => (this.looking = undefined));
    return this.looking;
  }

  private loop(signal: Signal, idle_ms: number, turn: () => Promise<boolean>): Promise<void> {
    return repeat(turn, { signal, idle_ms, isStopped: () => this.stopped });
  }

  private async keepLease(): Promise<boolean> {
    const before = this.lease.fence;
    try {
      await this.lease.keep();
    } catch (error) {
      this.logger.warn({ err: error, projection: this.projection.name }, 'the lease was not renewed');
    }
    if (this.lease.fence !== undefined && this.lease.fence !== before) {
      this.work.raise();
      this.builds.raise();
    }
    return false;
  }

  /** Applies one batch; false when there was none, or another copy owns the projection. */
  private async serve(): Promise<boolean> {
    const { fence } = this.lease;
    if (fence === undefined) return false;
    try {
      if (this.servedFence !== fence) await this.beginServing(fence);
      const more = await this.turns.take(() => this.step(fence));
      if (this.failure !== undefined) await this.tellFailure(fence, undefined);
      if (!more) this.caughtUpAt_ms = performance.now();
      return more;
    } catch (error) {
      if (this.isOver(error, fence)) return false;
      await this.tellFailure(fence, error).catch(() => undefined); // The log has it below, by the same error.
      this.logger.error({ err: error, projection: this.projection.name }, 'projection failed; it will try again');
      throw error;
    }
  }

  /** A copy that takes over goes on from where the database says, and makes sure that it is a position of this very source. */
  private async beginServing(fence: string): Promise<void> {
    const source = await this.source.id?.();
    const { position, other } = await this.inTransaction(async (session) => {
      const checkpoint = await this.rows.lock(session, fence);
      const { source: known } = await this.rows.look(session);
      if (source === undefined || source === known) return { position: checkpoint.position, other: false };
      await this.rows.nameSource(session, source);
      if (known === null || checkpoint.position === null) return { position: checkpoint.position, other: false };
      await (await this.generations(session)).startOver(session);
      await this.rows.startOver(session);
      return { position: null, other: true };
    });
    if (other) this.logger.warn({ projection: this.projection.name, source }, 'the record is another one; the read model is derived from it anew');
    this.position = position ?? undefined;
    this.servedFence = fence;
  }

  private async step(fence: string): Promise<boolean> {
    const from = this.position;
    const page = await this.source.read(from, batchEventsMax);
    const { readUpTo } = page;
    if (readUpTo === undefined || readUpTo === from) return false;
    this.position = await this.inTransaction(async (session) => {
      const { position } = await this.rows.lock(session, fence);
      // An earlier commit of ours whose answer was lost on the way: go on from there.
      if (position !== (from ?? null)) return position ?? undefined;
      if (page.events.length > 0) await this.projection.project(page.events, session);
      await this.rows.advance(session, readUpTo, this.lease.term_ms);
      return readUpTo;
    });
    this.lease.renewed();
    this.progress.raise();
    return true;
  }

  /** Builds what was asked for; false when nothing was, or another copy owns the projection. */
  private async build(): Promise<boolean> {
    const { fence } = this.lease;
    if (fence === undefined || this.servedFence !== fence) return false;
    try {
      this.builder ??= await this.openBuilder();
      return await this.builder.work(fence);
    } catch (error) {
      if (error instanceof BuildStoppedError || this.isOver(error, fence)) return false;
      this.logger.error({ err: error, projection: this.projection.name }, 'a generation is not built yet; it will try again');
      await this.inTransaction((session) => this.rows.tellBuildFailure(session, messageOf(error))).catch(() => undefined);
      throw error;
    }
  }

  private async openBuilder(): Promise<GenerationBuilder<Event>> {
    const { projection, source, inTransaction, logger, rows, turns } = this;
    return new GenerationBuilder({
      projection,
      source,
      inTransaction,
      logger,
      rows,
      tables: await inTransaction((session) => this.generations(session)),
      turns,
      served: () => this.position,
      stopping: this.builds,
      isStopped: () => this.stopped,
    });
  }

  private async generations(session: SqlSession): Promise<GenerationTables> {
    const [row] = await session.query<{ schema: string }>('SELECT current_schema() AS schema');
    return new GenerationTables(this.projection, row?.schema ?? '');
  }

  private isOver(error: unknown, fence: string): boolean {
    if (!(error instanceof LeaseLostError)) return false;
    this.lease.lost(fence);
    this.logger.warn({ projection: this.projection.name, fence }, error.message);
    return true;
  }

  private async tellFailure(fence: string, error: unknown): Promise<void> {
    this.failure = error === undefined ? undefined : messageOf(error);
    await this.inTransaction((session) => this.rows.tellFailure(session, fence, this.failure));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
