import type { InTransaction } from '@cairn/event-bus';
import type { Logger } from 'pino';

import type { LongTransactions } from '../data/long-transactions.js';
import { Awaited } from './awaited.js';
import { CheckpointRows, LeaseLostError } from './checkpoint-rows.js';
import { BuildStoppedError, GenerationBuilder } from './generation-builder.js';
import { beforeTheFirst, KnownPosition } from './known-position.js';
import { Lease } from './lease.js';
import { BuildRunningError, NothingToGoBackToError } from './projection.js';
import type { BuildKind, Projection, ProjectionDatabase, ProjectionSource, ProjectionStatus } from './projection.js';
import { repeat } from './repeat.js';
import { generationsOf, Serving } from './serving.js';
import { Signal } from './signal.js';
import { statusOf } from './status-of.js';
import { Turns } from './turns.js';

export interface RunnerOptions {
  /** How long a copy of the service that says nothing keeps its projection; default 2,500. */
  readonly lease_ms?: number;
  /** For what a build has to do in one statement however large the tables are; default: the transactions of serving. */
  readonly long?: LongTransactions;
}

const idle_ms = 50;
const builds_ms = 500;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Keeps one read model up with its source, and builds other generations of it. Of several copies of a service one does
 * it at a time; the others stand by, and know from the database how far it is.
 */
export class ProjectionRunner<Event> {
  private failure: string | undefined;
  private caughtUpAt_ms = performance.now();
  private running: Promise<unknown> | undefined;
  private builder: GenerationBuilder<Event> | undefined;
  private stopped = false;
  private readonly awaited: Awaited;
  private readonly work = new Signal();
  private readonly builds = new Signal();
  private readonly ownership = new Signal();
  private readonly turns = new Turns();
  private readonly rows: CheckpointRows;
  private readonly lease: Lease;
  private readonly known: KnownPosition;
  private readonly serving: Serving<Event>;
  private readonly inTransaction: InTransaction;
  private readonly hearNoMore: () => void;

  constructor(
    private readonly projection: Projection<Event>,
    private readonly source: ProjectionSource<Event>,
    database: ProjectionDatabase,
    private readonly logger: Logger,
    private readonly options: RunnerOptions = {},
  ) {
    const { inTransaction } = database;
    this.inTransaction = inTransaction;
    const rows = new CheckpointRows(projection.name);
    const lease = new Lease(projection.name, inTransaction, options.lease_ms ?? 2_500);
    const known = new KnownPosition(projection.name, source, rows, inTransaction, logger);
    [this.rows, this.lease, this.known] = [rows, lease, known];
    this.awaited = new Awaited(source.compare.bind(source));
    this.serving = new Serving({ projection, source, inTransaction, logger, rows, lease, known });
    this.hearNoMore = database.onConnectionEnd(() => this.serving.doubt());
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
    this.options.long?.end();
    await this.running;
    this.hearNoMore();
    await this.lease.release().catch((error: unknown) => this.logger.warn({ err: error }, 'a lease was not given back; it ends by itself'));
  }

  /** Looks for events at once instead of at the next poll. */
  wake(): void {
    this.work.raise();
  }

  async status(): Promise<ProjectionStatus> {
    const head = await this.source.head();
    const places = await this.inTransaction((session) => this.rows.look(session));
    await this.known.reached(places);
    const caughtUp = head === undefined || head === beforeTheFirst || this.known.has(head);
    if (caughtUp) this.caughtUpAt_ms = performance.now();
    const behind_ms = caughtUp ? 0 : Math.round(performance.now() - this.caughtUpAt_ms);
    return statusOf(this.projection.name, head, places, { caughtUp, behind_ms, failure: this.failure });
  }

  /** Up to where everything is in the tables, as far as this copy has seen. */
  get position(): string | undefined {
    return this.known.value;
  }

  /** Whether everything up to the position is in the tables, as far as this copy has seen; `status` looks. @throws InvalidPositionError */
  has(position: string): boolean {
    return this.known.has(position);
  }

  /** Resolves once everything up to the position is in the tables. @throws PositionNotReachedError, InvalidPositionError */
  waitFor(position: string, timeout_ms: number): Promise<void> {
    return this.known.waitFor(position, timeout_ms, () => {
      if (this.lease.fence === undefined) return false;
      if (this.awaited.add(position)) this.wake();
      return true;
    });
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

  private loop(signal: Signal, pause_ms: number, turn: () => Promise<boolean>): Promise<void> {
    return repeat(turn, { signal, idle_ms: pause_ms, isStopped: () => this.stopped });
  }

  private async keepLease(): Promise<boolean> {
    const before = this.lease.fence;
    try {
      await this.serving.keepLease();
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
    // What this copy failed with is no news of it any more: the owner tells what it fails with by the database.
    if (fence === undefined) this.failure = undefined;
    if (fence === undefined) return false;
    try {
      const step = (): Promise<boolean> => this.turns.take(() => this.serving.step(fence));
      const { result: more, lacks } = await this.awaited.during(step, (position) => this.known.has(position));
      if (this.failure !== undefined) await this.tellFailure(fence, undefined);
      if (!more) this.caughtUpAt_ms = performance.now();
      return more || lacks;
    } catch (error) {
      if (this.isOver(error, fence)) return false;
      await this.tellFailure(fence, error).catch(() => undefined); // The log has it below, by the same error.
      this.logger.error({ err: error, projection: this.projection.name }, 'projection failed; it will try again');
      throw error;
    }
  }

  /** Builds what was asked for; false when nothing was, or another copy owns the projection. */
  private async build(): Promise<boolean> {
    const { fence } = this.lease;
    if (fence === undefined || !this.serving.hasBegun(fence)) return false;
    try {
      this.builder ??= await this.openBuilder();
      return await this.builder.work(fence);
    } catch (error) {
      if (this.stopped || error instanceof BuildStoppedError || this.isOver(error, fence)) return false;
      this.logger.error({ err: error, projection: this.projection.name }, 'a generation is not built yet; it will try again');
      await this.inTransaction((session) => this.rows.tellBuildFailure(session, messageOf(error))).catch(() => undefined);
      throw error;
    }
  }

  private async openBuilder(): Promise<GenerationBuilder<Event>> {
    const { projection, source, inTransaction, logger, rows, turns } = this;
    const tables = await inTransaction((session) => generationsOf(projection, session));
    const [served, isStopped] = [() => this.known.value, () => this.stopped];
    const inLongTransaction = this.options.long?.inTransaction ?? inTransaction;
    return new GenerationBuilder({ projection, source, inTransaction, inLongTransaction, logger, rows, tables, turns, served, stopping: this.builds, isStopped });
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
