import type { InTransaction, SqlSession } from '@cairn/event-bus';

/** Where a projection reads from: a log with one order, by opaque positions. */
export interface ProjectionSource<Event> {
  /** Names the record, where it may be another one tomorrow: positions mean something in the one that gave them alone. */
  id?(): Promise<string>;
  /** Up to `limit` events after the position (exclusive), and up to where the log was looked at. */
  read(after: string | undefined, limit: number): Promise<Page<Event>>;
  /** The position of the last event, or undefined for an empty log. */
  head(): Promise<string | undefined>;
  compare(left: string, right: string): number;
  positionOf(event: Event): string;
}

export interface Page<Event> {
  readonly events: readonly Event[];
  readonly readUpTo: string | undefined;
  /** True when nothing followed at that moment; left out where a source does not know. */
  readonly isLast?: boolean;
}

/**
 * Where projections keep their tables. A batch is committed without waiting for the disk, which is a matter of less than a
 * second; should the server crash before, it forgets the batch, and breaks the connection by which it was committed.
 */
export interface ProjectionDatabase {
  readonly inTransaction: InTransaction;
  /** Calls the listener after each end of a connection that is heard of. What it answers puts an end to that. */
  readonly onConnectionEnd: (listener: () => void) => () => void;
}

/** A read model that can be derived again at any time: its tables depend on the events alone, never on the clock. */
export interface Projection<Event> {
  readonly name: string;
  /** Every table that `ddl` makes and `project` writes. No other projection of the service has one of these names. */
  readonly tables: readonly string[];
  /**
   * Makes the tables, with the indexes that filling them needs. Names stand without a schema: a new generation is made
   * beside the old one by the same text.
   */
  readonly ddl: string;
  /** The constraints and indexes that only readers and guards need: they are made once a new generation is filled. */
  readonly indexes?: string;
  /** Puts a batch into the tables, within the transaction that keeps the checkpoint. Names stand without a schema. */
  project(events: readonly Event[], session: SqlSession): Promise<void>;
}

/** The tables of a projection as a whole: what a migration makes for the first generation, a rebuild makes in two steps. */
export const tablesDdl = ({ ddl, indexes = '' }: Pick<Projection<never>, 'ddl' | 'indexes'>): string =>
  [ddl, indexes].map((part) => part.trim().replace(/;$/, '')).filter((part) => part !== '').join(';\n');

/** What readers lost or won by a new generation, where both stood at the same position. */
export interface Difference {
  /** Rows that are in one of the two alone; a row that changed counts once. */
  readonly rowsDiffer: number;
  readonly tables: readonly TableDifference[];
}

export interface TableDifference {
  readonly table: string;
  readonly rows: number;
  /** Rows that the generation before had and the new one has not. */
  readonly gone: number;
  readonly added: number;
}

export type BuildKind = 'rebuild' | 'go-back';

/** The last change of the generation that serves. */
export interface LastRebuild extends Difference {
  readonly kind: BuildKind;
  readonly generation: number;
  /** When it began to serve, RFC 3339. */
  readonly at: string;
}

/** A generation that is not read yet. */
export interface Building {
  readonly kind: BuildKind;
  readonly generation: number;
  readonly position: string | undefined;
  readonly head: string | undefined;
  /** What the last attempt failed with; it is tried again. */
  readonly failure?: string;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly position: string | undefined;
  /** Position of the last event of the source; undefined: it has none. */
  readonly head: string | undefined;
  readonly caughtUp: boolean;
  /** How many positions of the source are not applied yet; an upper bound where a source leaves some out. */
  readonly lagEvents: number;
  /** Milliseconds since this copy of the service saw the read model at the head; 0 when it is there. */
  readonly behind_ms: number;
  /** What the last attempt failed with; undefined while all is well. */
  readonly failure: string | undefined;
  /** The generation that is read: 1 is the one that the migrations made. */
  readonly generation: number;
  readonly building?: Building;
  readonly canGoBack: boolean;
  readonly lastRebuild?: LastRebuild;
}

/** A generation is being built already; `kind` says which of the two it is for. */
export class BuildRunningError extends Error {
  override readonly name = 'BuildRunningError';
  constructor(
    readonly projection: string,
    readonly kind: BuildKind,
  ) {
    const what = kind === 'rebuild' ? 'is being derived anew' : 'is going back to the generation before';
    super(`${projection} ${what} already; its status says how far it is`);
  }
}

/** No earlier generation is kept. */
export class NothingToGoBackToError extends Error {
  override readonly name = 'NothingToGoBackToError';
  constructor(readonly projection: string) {
    super(`${projection} has no earlier generation: it has not been derived anew`);
  }
}
