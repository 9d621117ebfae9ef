import type { SqlSession } from '@cairn/event-bus';
import { Clock } from '@cairn/event-store';
import { FreshReadModels } from '@cairn/service-kit';

import { projections } from './project-log.js';

const done = (): Promise<void> => Promise.resolve();

/** Shows the time that it was set to. */
export class SetClock extends Clock {
  constructor(public time: string) {
    super();
  }

  now(): string {
    return this.time;
  }
}

/** Read models that nobody moves: they stand where the database is told, and a process knows of it what it is told. */
export class StandingReadModels {
  readonly names = projections.map(({ name }) => name);
  readonly fresh: FreshReadModels;
  /** Where the process takes them to be; undefined: it does not know. */
  known: number | undefined;

  constructor() {
    const positionKnown = (): string | undefined => (this.known === undefined ? undefined : String(this.known));
    const runner = (name: string, tables: readonly string[]) => ({
      tables, has: () => true, rebuild: done, goBack: done, waitFor: done, wake: () => undefined,
      get position() {
        return positionKnown();
      },
      status: () => Promise.resolve({ name, position: '0', head: undefined, caughtUp: true, lagEvents: 0, behind_ms: 0, failure: undefined, generation: 1, canGoBack: false }),
    });
    this.fresh = new FreshReadModels(Object.fromEntries(projections.map(({ name, tables }) => [name, runner(name, tables)])));
  }

  /** Puts them, or those of them that are named, at a position of the log; null: they have none yet. */
  async standAt(session: SqlSession, position: number | null, of: readonly string[] = this.names): Promise<void> {
    await session.query(
      `INSERT INTO projection_checkpoint (projection, position) SELECT unnest($1::text[]), $2 ON CONFLICT (projection) DO UPDATE SET position = excluded.position`,
      [of, position],
    );
  }
}
