import { InvalidPositionError } from '@cairn/event-bus';
import type { InTransaction } from '@cairn/event-bus';
import type { Logger } from 'pino';

import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import type { CheckpointRows, Places } from './checkpoint-rows.js';
import type { ProjectionSource } from './projection.js';
import { Signal } from './signal.js';

/** Every source counts from 1. */
export const beforeTheFirst = '0';
const decimal = /^\d{1,19}$/;

const lookAgain_ms = 50;
/** How often a copy that does not own the projection looks how far the owner is, while somebody waits for it. */
const standBy_ms = 10;

/** How far this copy of the service knows a read model to be: by its own commits, else by what the database says. */
export class KnownPosition {
  private position: string | undefined;
  private looking: Promise<void> | undefined;
  private forgotten = 0;
  private readonly progress = new Signal();

  constructor(
    private readonly projection: string,
    private readonly source: Pick<ProjectionSource<never>, 'id' | 'compare'>,
    private readonly rows: CheckpointRows,
    private readonly inTransaction: InTransaction,
    private readonly logger: Logger,
  ) {}

  get value(): string | undefined {
    return this.position;
  }

  /** To be told by the owner, who knows best. */
  set(position: string | undefined): void {
    this.position = position;
    this.progress.raise();
  }

  /** To be called when the database may have less than was known of it. */
  forget(): void {
    this.position = undefined;
    this.forgotten += 1;
  }

  has(position: string): boolean {
    return this.position !== undefined && this.source.compare(this.position, position) >= 0;
  }

  /** A position never goes back, however late an older look at the database arrives; one of another record says nothing. */
  async reached({ position, source }: Places): Promise<void> {
    const { forgotten } = this;
    const ours = await this.source.id?.();
    if (forgotten !== this.forgotten || position === null || (ours !== undefined && source !== null && source !== ours)) return;
    if (!this.has(position)) this.position = position;
  }

  /**
   * Resolves once everything up to the position is in the tables. `hurry` makes the owner look at once, and is false
   * where another copy is the owner.
   * @throws PositionNotReachedError, InvalidPositionError
   */
  async waitFor(position: string, timeout_ms: number, hurry: () => boolean): Promise<void> {
    if (!decimal.test(position)) throw new InvalidPositionError(this.projection, position);
    if (Number(position) === 0) return;
    const deadline_ms = performance.now() + timeout_ms;
    while (!this.has(position)) {
      const left_ms = deadline_ms - performance.now();
      if (left_ms <= 0) throw new PositionNotReachedError(`${this.projection} is not at ${position} yet`);
      const owns = hurry();
      await this.progress.raised(Math.min(left_ms, owns ? lookAgain_ms : standBy_ms));
      if (!owns && !this.has(position)) await this.lookTogether();
    }
  }

  /** Those who wait at the same time share one look. A failure of it is no reason to wait no longer. */
  private lookTogether(): Promise<void> {
    this.looking ??= this.inTransaction((session) => this.rows.look(session))
      .then((places) => this.reached(places))
      .catch((error: unknown) => this.logger.warn({ err: error, projection: this.projection }, 'the checkpoint was not read'))
      .finally(() => (this.looking = undefined));
    return this.looking;
  }
}
