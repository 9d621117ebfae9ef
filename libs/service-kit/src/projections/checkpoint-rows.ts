import type { SqlSession } from '@cairn/event-bus';

import type { BuildKind, LastRebuild } from './projection.js';

export const checkpointTable = 'projection_checkpoint';
export const buildTable = 'projection_build';

/**
 * DDL of the tables of checkpoints, for the first migration of a service; may be run again over any earlier form.
 * A build has a row of its own, so that filling a new generation never waits for the one that serves.
 */
export const checkpointDdl = `
CREATE TABLE IF NOT EXISTS ${checkpointTable} (projection text PRIMARY KEY, position text);
ALTER TABLE ${checkpointTable}
  ADD COLUMN IF NOT EXISTS source text,
  ADD COLUMN IF NOT EXISTS generation int NOT NULL DEFAULT 1,
  ADD COLUMN IF NOT EXISTS previous_generation int,
  ADD COLUMN IF NOT EXISTS previous_position text,
  ADD COLUMN IF NOT EXISTS holder uuid,
  ADD COLUMN IF NOT EXISTS lease_until timestamptz,
  ADD COLUMN IF NOT EXISTS fence bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS failure text,
  ADD COLUMN IF NOT EXISTS last_rebuild json;
CREATE TABLE IF NOT EXISTS ${buildTable} (
  projection text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('rebuild', 'go-back')),
  state text NOT NULL CHECK (state IN ('asked', 'filling', 'whole')),
  generation int NOT NULL,
  position text,
  fence bigint NOT NULL,
  failure text
)`;

/** Another copy of the service owns the projection now: what this one was about to commit must not be. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor(projection: string, fence: string) {
    super(`Another copy took ${projection} over; the lease with fence ${fence} has ended`);
  }
}

export interface Checkpoint {
  readonly position: string | null;
  readonly generation: number;
  readonly previous_generation: number | null;
  readonly previous_position: string | null;
}

export interface Build {
  readonly kind: BuildKind;
  /** `filling`: without the indexes that filling does not need; `whole`: it could serve, but for the events it lacks. */
  readonly state: 'asked' | 'filling' | 'whole';
  readonly generation: number;
  readonly position: string | null;
  readonly failure: string | null;
}

export interface Places extends Checkpoint {
  /** The source that the position is one of; null: none was named yet. */
  readonly source: string | null;
  readonly failure: string | null;
  readonly last_rebuild: LastRebuild | null;
  readonly build: Build | null;
}

/**
 * How long a session may sit idle in a transaction that holds these rows: the server ends that of a copy which was
 * frozen in the middle of a batch, or nobody could take over from it.
 */
const idleInTransaction_ms = 5_000;

/** Belongs into every statement by which a transaction locks these rows. */
export const endingIfFrozen = `set_config('idle_in_transaction_session_timeout', '${idleInTransaction_ms}', true)`;

/** What a batch moves the checkpoint by. `from` undefined: before the first event. */
export interface Step {
  readonly fence: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly lease_ms: number;
}

/** The rows that say how far a projection is, and who may write it. */
export class CheckpointRows {
  constructor(private readonly projection: string) {}

  async ensure(session: SqlSession): Promise<void> {
    await session.query(`INSERT INTO ${checkpointTable} (projection) VALUES ($1) ON CONFLICT DO NOTHING`, [this.projection]);
  }

  /** Everything about the projection as one statement sees it. */
  async look(session: SqlSession): Promise<Places> {
    const [row] = await session.query<Places>(
      `SELECT c.position, c.source, c.generation, c.previous_generation, c.previous_position, c.failure, c.last_rebuild,
         CASE WHEN b.projection IS NULL THEN NULL ELSE to_json(b) END AS build
       FROM ${checkpointTable} c LEFT JOIN ${buildTable} b USING (projection) WHERE c.projection = $1`,
      [this.projection],
    );
    if (!row) throw new Error(`${this.projection} has no checkpoint`);
    return row;
  }

  /** The checkpoint, locked until the transaction ends. @throws LeaseLostError */
  async lock(session: SqlSession, fence: string): Promise<Checkpoint> {
    const [row] = await session.query<Checkpoint>(
      `SELECT position, generation, previous_generation, previous_position, ${endingIfFrozen}
       FROM ${checkpointTable} WHERE projection = $1 AND fence = $2 FOR UPDATE`,
      [this.projection, fence],
    );
    if (!row) throw new LeaseLostError(this.projection, fence);
    return row;
  }

  /**
   * Moves the checkpoint and renews the lease with it, by a statement that fails unless the checkpoint stands where it
   * should under the fence, and locks it until the transaction ends. It goes with the first statement of the batch, which
   * the server does not even begin then.
   *
   * The commit does not wait for the disk: what a server that crashes forgets of it is derived from the record again,
   * which it has not forgotten. So who knows of it forgets it with the connections; see `ProjectionDatabase`.
   */
  advance(session: SqlSession, { fence, from, to, lease_ms }: Step): Promise<unknown> {
    // The text that is no number depends on what is counted: a constant would be cast when the statement is planned.
    return session.query(
      `WITH moved AS (
         UPDATE ${checkpointTable} SET position = $4, failure = NULL, lease_until = clock_timestamp() + $5 * interval '1 millisecond'
         WHERE projection = $1::text AND fence = $2::bigint AND position IS NOT DISTINCT FROM $3 RETURNING 1)
       SELECT ${endingIfFrozen}, set_config('synchronous_commit', 'off', true), CASE WHEN count(*) = 1 THEN 1 ELSE
         ('The checkpoint of ' || $1::text || ' is not what fence ' || $2::bigint || ' left; found so: ' || count(*))::int END FROM moved`,
      [this.projection, fence, from ?? null, to, lease_ms],
      { name: 'cairn_projection_advance', withNext: true },
    );
  }

  /** Renews the lease once more at the end of a batch that took long; its transaction has the row. */
  async prolong(session: SqlSession, lease_ms: number): Promise<void> {
    await session.query(
      `UPDATE ${checkpointTable} SET lease_until = clock_timestamp() + $2 * interval '1 millisecond' WHERE projection = $1`,
      [this.projection, lease_ms],
      { name: 'cairn_projection_prolong', last: true },
    );
  }

  /** Tells the other copies what the owner fails with. */
  async tellFailure(session: SqlSession, fence: string, failure: string | undefined): Promise<void> {
    const sql = `UPDATE ${checkpointTable} SET failure = $3 WHERE projection = $1 AND fence = $2 RETURNING ${endingIfFrozen}`;
    await session.query(sql, [this.projection, fence, failure ?? null]);
  }

  /** Asks the owner for another generation; false when one is being built already. */
  async ask(session: SqlSession, kind: BuildKind): Promise<boolean> {
    const asked = await session.query(
      `INSERT INTO ${buildTable} (projection, kind, state, generation, fence)
       SELECT projection, $2, 'asked', CASE WHEN $2 = 'go-back' THEN previous_generation
         ELSE greatest(generation, previous_generation) + 1 END, 0
       FROM ${checkpointTable} WHERE projection = $1 AND ($2 = 'rebuild' OR previous_generation IS NOT NULL)
       ON CONFLICT (projection) DO NOTHING RETURNING generation`,
      [this.projection, kind],
    );
    return asked.length > 0;
  }

  /** The build, locked until the transaction ends; with a fence, that of its owner alone. @throws LeaseLostError */
  async lockBuild(session: SqlSession, fence?: string): Promise<Build> {
    const [row] = await session.query<Build>(
      `SELECT kind, state, generation, position, failure, ${endingIfFrozen}
       FROM ${buildTable} WHERE projection = $1 AND ($2::bigint IS NULL OR fence = $2) FOR UPDATE`,
      [this.projection, fence ?? null],
    );
    if (!row) throw new LeaseLostError(this.projection, fence ?? 'none');
    return row;
  }

  /** Takes the build over, in the state given. */
  async ownBuild(session: SqlSession, fence: string, state: Build['state'], position: string | null): Promise<void> {
    await session.query(
      `UPDATE ${buildTable} SET fence = $2, state = $3, position = $4, failure = NULL WHERE projection = $1`,
      [this.projection, fence, state, position],
    );
  }

  async advanceBuild(session: SqlSession, position: string): Promise<void> {
    const sql = `UPDATE ${buildTable} SET position = $2, failure = NULL WHERE projection = $1`;
    await session.query(sql, [this.projection, position]);
  }

  async tellBuildFailure(session: SqlSession, failure: string): Promise<void> {
    await session.query(`UPDATE ${buildTable} SET failure = $2 WHERE projection = $1`, [this.projection, failure]);
  }

  /** The generation before is on its way back: it can not be gone back to a second time. */
  async leavePrevious(session: SqlSession): Promise<void> {
    const sql = `UPDATE ${checkpointTable} SET previous_generation = NULL, previous_position = NULL WHERE projection = $1`;
    await session.query(sql, [this.projection]);
  }

  /** The generation that was built serves, and the one that served is kept. */
  async swap(session: SqlSession, told: Omit<LastRebuild, 'at'>): Promise<void> {
    await session.query(
      `UPDATE ${checkpointTable} SET previous_generation = generation, previous_position = position, generation = $2,
         last_rebuild = jsonb_set($3::jsonb, '{at}', to_jsonb(
           to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
       WHERE projection = $1`,
      [this.projection, told.generation, JSON.stringify(told)],
    );
    await session.query(`DELETE FROM ${buildTable} WHERE projection = $1`, [this.projection]);
  }

  async nameSource(session: SqlSession, source: string): Promise<void> {
    await session.query(`UPDATE ${checkpointTable} SET source = $2 WHERE projection = $1`, [this.projection, source]);
  }

  /** Back before the first event, of a record that is another one now. */
  async startOver(session: SqlSession): Promise<void> {
    await session.query(
      `UPDATE ${checkpointTable} SET position = NULL, previous_generation = NULL, previous_position = NULL WHERE projection = $1`,
      [this.projection],
    );
    await session.query(`DELETE FROM ${buildTable} WHERE projection = $1`, [this.projection]);
  }
}
