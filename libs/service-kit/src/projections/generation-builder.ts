import type { InTransaction } from '@cairn/event-bus';
import type { Logger } from 'pino';

import type { Build, CheckpointRows } from './checkpoint-rows.js';
import type { GenerationTables } from './generation-tables.js';
import { pageUpTo } from './page-up-to.js';
import type { Difference, Page, Projection, ProjectionSource } from './projection.js';
import type { Signal } from './signal.js';
import type { Turns } from './turns.js';

export interface BuilderParts<Event> {
  readonly projection: Projection<Event>;
  readonly source: ProjectionSource<Event>;
  readonly inTransaction: InTransaction;
  /** For statements over whole tables, which take the longer the larger these are. */
  readonly inLongTransaction: InTransaction;
  readonly logger: Logger;
  readonly rows: CheckpointRows;
  readonly tables: GenerationTables;
  /** Whoever has the turn alone writes the generation that serves. */
  readonly turns: Turns;
  /** Where the generation that serves stands, by what this copy committed; undefined while that has to be looked up again. */
  readonly served: () => string | undefined;
  /** Raised when the service is told to stop. */
  readonly stopping: Signal;
  readonly isStopped: () => boolean;
}

/** Larger than those of serving: nobody reads between two of them, and each stream is folded once a batch. */
const batchEventsMax = 4_000;
const swapLock_ms = 50;
/** Readers that never rest leave the tables alone for moments that are the shorter the busier the machine is. */
const swapLockMax_ms = 400;
const swapPauseMax_ms = 1_000;

/** The service stops in the middle of a build; the next owner sees to it. */
export class BuildStoppedError extends Error {
  override readonly name = 'BuildStoppedError';
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03';

/**
 * Builds another generation of a read model beside the one that serves, compares the two and swaps them. The owner of
 * the projection does it, beside its serving; each commit of it is checked by the fence like every other.
 */
export class GenerationBuilder<Event> {
  private begun: { readonly fence: string; readonly generation: number } | undefined;
  private position: string | undefined;
  /** Where the generation that serves was known to stand last. */
  private upTo: string | undefined;
  private eventsRead = 0;
  private beganAt_ms = 0;

  constructor(private readonly parts: BuilderParts<Event>) {}

  /** Does what was asked for, to its end. False when nothing was. @throws LeaseLostError, BuildStoppedError */
  async work(fence: string): Promise<boolean> {
    const { inTransaction, rows, projection, logger } = this.parts;
    const { build } = await inTransaction((session) => rows.look(session));
    if (!build) return false;
    const state = await this.begin(fence, build).catch((error: unknown) => {
      if (isLockTimeout(error)) return undefined;
      throw error;
    });
    if (state === undefined) {
      logger.info({ projection: projection.name, generation: build.generation }, 'what an owner before began of a generation has not ended yet; it is waited for');
      return false;
    }
    await this.fill(fence);
    if (state === 'filling') {
      await this.complete(fence);
      await this.fill(fence);
    }
    const difference = await this.compare(fence);
    await this.swapInTheEnd(fence, build, difference);
    this.begun = undefined;
    return true;
  }

  /**
   * What an owner before left of a rebuild is thrown away: it may have been filled by another version of the
   * projection. The generation that is gone back to was whole once, and goes on from where it is.
   *
   * A statement of an owner that is frozen or gone may go on in the server for as long as indexes take, and holds the build.
   * Nobody waits for it here, since the checkpoint is held meanwhile, and with it the serving.
   * @throws error 55P03 then
   */
  private async begin(fence: string, asked: Build): Promise<Build['state']> {
    const { inTransaction, rows, tables, projection, logger } = this.parts;
    const goesOn = this.begun?.fence === fence && this.begun.generation === asked.generation;
    const told = { projection: projection.name, generation: asked.generation };
    const { state, position } = await inTransaction(async (session) => {
      const checkpoint = await rows.lock(session, fence);
      this.upTo = checkpoint.position ?? undefined;
      await session.query(`SET LOCAL lock_timeout = '${swapLock_ms}ms'`);
      const build = await rows.lockBuild(session);
      if (goesOn) return build;
      await session.query(`SET LOCAL lock_timeout = '2s'`);
      if (build.kind === 'rebuild') {
        if (build.state !== 'asked') logger.warn(told, 'what an owner before built of a generation is thrown away, and built again');
        await tables.makeNext(session);
        await rows.ownBuild(session, fence, 'filling', null);
        return { state: 'filling' as const, position: null };
      }
      if (build.state !== 'asked') {
        logger.warn(told, 'the generation that an owner before went back to is brought on from where it is');
        await rows.ownBuild(session, fence, 'whole', build.position);
        return build;
      }
      await tables.previousToNext(session);
      await rows.leavePrevious(session);
      await rows.ownBuild(session, fence, 'whole', checkpoint.previous_position);
      return { state: 'whole' as const, position: checkpoint.previous_position };
    });
    if (!goesOn) {
      [this.eventsRead, this.beganAt_ms] = [0, performance.now()];
      logger.info(told, 'a generation of a read model is being built');
    }
    this.begun = { fence, generation: asked.generation };
    this.position = position ?? undefined;
    return state;
  }

  /** Brings the generation to exactly where the one that serves is. The page after the next is read while one is written. */
  private async fill(fence: string): Promise<void> {
    const { source, served, isStopped } = this.parts;
    let ahead: Promise<Page<Event>> | undefined;
    for (;;) {
      if (isStopped()) throw new BuildStoppedError();
      const upTo = served() ?? this.upTo;
      this.upTo = upTo;
      if (upTo === undefined || (this.position !== undefined && source.compare(this.position, upTo) >= 0)) return;
      const page = pageUpTo(source, (await ahead) ?? (await source.read(this.position, batchEventsMax)), upTo);
      if (page.readUpTo === undefined || page.readUpTo === this.position) return;
      ahead = page.events.length === batchEventsMax ? source.read(page.readUpTo, batchEventsMax) : undefined;
      ahead?.catch(() => undefined); // Whoever awaits it is told; a failure of the page before comes first.
      await this.write(fence, page, page.readUpTo);
    }
  }

  private async write(fence: string, { events }: Page<Event>, readUpTo: string): Promise<void> {
    const { inTransaction, rows, tables, projection } = this.parts;
    await inTransaction(async (session) => {
      this.requireOwnGround(await rows.lockBuild(session, fence));
      await tables.aimAtNext(session);
      if (events.length > 0) await projection.project(events, session);
      await rows.advanceBuild(session, readUpTo);
    });
    this.position = readUpTo;
    this.eventsRead += events.length;
  }

  /** A server that has crashed may have forgotten a batch, or that the generation was whole: then the build goes on from what is there. */
  private requireOwnGround({ position }: Build): void {
    if (position === (this.position ?? null)) return;
    throw new Error(`The generation is at ${position ?? 'its beginning'}, and not at ${this.position ?? 'its beginning'}, where it was left; it is built on from there`);
  }

  private async complete(fence: string): Promise<void> {
    const { inLongTransaction, rows, tables } = this.parts;
    await inLongTransaction(async (session) => {
      const { position } = await rows.lockBuild(session, fence);
      await tables.completeNext(session);
      await rows.ownBuild(session, fence, 'whole', position);
    });
  }

  /** Holds the serving up only until both are at one position and the snapshot exists; then it compares in peace. */
  private async compare(fence: string): Promise<Difference> {
    const { inLongTransaction, rows, tables, turns } = this.parts;
    return inLongTransaction(async (session) => {
      await session.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await turns.take(async () => {
        await this.fill(fence);
        const { position, build } = await rows.look(session);
        if (position !== (build?.position ?? null)) throw new Error('The two generations are not at one position; they are compared again');
      });
      return tables.compare(session);
    });
  }

  /** Tries again as long as readers are in the way: they are never held up longer than one try. */
  private async swapInTheEnd(fence: string, { kind, generation }: Build, difference: Difference): Promise<void> {
    const { turns, projection, logger, stopping, isStopped } = this.parts;
    let lock_ms = swapLock_ms;
    for (let pause_ms = swapLock_ms; ; pause_ms = Math.min(pause_ms * 2, swapPauseMax_ms)) {
      const swapped = await turns.take(async () => {
        await this.fill(fence);
        return this.trySwap(fence, { ...difference, kind, generation }, lock_ms);
      });
      if (swapped) break;
      logger.info({ projection: projection.name, generation }, 'readers are in the tables; the generations are swapped when they have left');
      lock_ms = Math.min(lock_ms * 2, swapLockMax_ms);
      await stopping.raised(pause_ms);
      if (isStopped()) throw new BuildStoppedError();
    }
    const seconds = Math.max((performance.now() - this.beganAt_ms) / 1_000, 0.001);
    const speed = { events: this.eventsRead, eventsPerSecond: Math.round(this.eventsRead / seconds) };
    logger.info({ projection: projection.name, kind, generation, ...difference, ...speed }, 'another generation of a read model serves');
  }

  private async trySwap(fence: string, told: Difference & Pick<Build, 'kind' | 'generation'>, lock_ms: number): Promise<boolean> {
    const { inTransaction, rows, tables } = this.parts;
    try {
      return await inTransaction(async (session) => {
        const checkpoint = await rows.lock(session, fence);
        const build = await rows.lockBuild(session, fence);
        this.requireOwnGround(build);
        if (build.state !== 'whole') throw new Error('The generation is not whole any more; it is completed again');
        if (checkpoint.position !== build.position) return false;
        await tables.swap(session, lock_ms);
        await rows.swap(session, told);
        return true;
      });
    } catch (error) {
      if (isLockTimeout(error)) return false;
      throw error;
    }
  }
}
