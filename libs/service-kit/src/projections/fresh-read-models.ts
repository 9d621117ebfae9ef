import { unavailable } from '../http/problem.js';
import { CaughtUpOnce } from '../service/caught-up-once.js';
import { beforeTheFirst } from './known-position.js';
import type { ProjectionRunner } from './projection-runner.js';
import type { ReadModel } from './read-models.controller.js';

type Runner = Pick<ProjectionRunner<never>, 'status' | 'has' | 'position' | 'rebuild' | 'goBack' | 'waitFor' | 'wake' | 'tables'>;

/**
 * The read models of this service, each of which answers only once it has caught up since the start: half a read model
 * would say that half the schools have not started. While another generation is built, the one before answers.
 */
export class FreshReadModels {
  private readonly stale: Map<string, CaughtUpOnce<string | undefined>>;

  constructor(private readonly runners: Readonly<Record<string, Runner>>) {
    this.stale = new Map(Object.entries(runners).map(([name, runner]) => [name, caughtUpOnce(runner)]));
  }

  get names(): readonly string[] {
    return Object.keys(this.runners);
  }

  /** The tables of all of them, in the order in which everybody locks them. */
  get tables(): readonly string[] {
    return Object.values(this.runners)
      .flatMap(({ tables }) => tables)
      .sort();
  }

  /** As operations see and rebuild them. */
  get models(): readonly ReadModel[] {
    return Object.values(this.runners);
  }

  /** Where each of them is, as far as this copy of the service has seen; undefined where it has not. */
  get positions(): readonly (string | undefined)[] {
    return Object.values(this.runners).map(({ position }) => position);
  }

  /** Has each look for events at once: to be called when some have just been committed. */
  wake(): void {
    for (const runner of Object.values(this.runners)) runner.wake();
  }

  /** @throws a 503 problem that names the read models which are still being derived */
  async requireFresh(): Promise<void> {
    const missing: string[] = [];
    for (const [name, caughtUp] of this.stale) {
      if (await caughtUp.ask()) this.stale.delete(name);
      else missing.push(name);
    }
    if (missing.length > 0) throw unavailable(`Being derived from the record: ${missing.join(', ')}. Try again shortly.`);
  }

  /** Resolves once every read model has the position of the log. @throws PositionNotReachedError, InvalidPositionError */
  async waitFor(position: string, timeout_ms: number): Promise<void> {
    await Promise.all(Object.values(this.runners).map((runner) => runner.waitFor(position, timeout_ms)));
  }
}

const caughtUpOnce = (runner: Runner): CaughtUpOnce<string | undefined> =>
  new CaughtUpOnce(
    async () => (await runner.status()).head,
    async (head) => {
      if (head === undefined || head === beforeTheFirst) return true;
      await runner.status(); // Looks how far it is, where another copy is the owner.
      return runner.has(head);
    },
  );
