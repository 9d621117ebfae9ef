import { goAlong } from '@cairn/event-bus';
import type { SqlSession } from '@cairn/event-bus';

import type { RectangleChange } from './rectangles.js';
import type { KnownAt } from './rows-at.js';
import { readersIndexes, rowsAt, rowsKnownAt } from './rows-at.js';

/** Columns by name with their PostgreSQL types. Names and types are code, never input. */
export type Columns = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, unknown>>;

export interface RectangleTableParts<State> {
  readonly name: string;
  /**
   * What a subject is told from others by; equality of all of them means the same subject. The column that differs most
   * comes first: the index of the constraint is twice as fast to write then.
   */
  readonly key: Columns;
  /** The columns of the key that readers give, each of them once. */
  readonly readBy: readonly string[];
  readonly state: Columns;
  readonly valuesOf: (state: State) => Values;
}

export interface SubjectChange<State> {
  readonly key: Values;
  readonly change: RectangleChange<State>;
}

const declared = (columns: Columns, constraint = ''): readonly string[] =>
  Object.entries(columns).map(([name, type]) => `${name} ${type}${constraint}`);

/** Rows of one read model that each say: this held from-to, as known from-to. The database refuses two truths for one point. */
export class RectangleTable<State> {
  readonly name: string;
  /** The table with what writing it needs. */
  readonly ddl: string;
  /** What refuses two truths, and what readers look up by. To make it of a full table is far cheaper than row by row. */
  readonly indexes: string;

  /** Gives a table that was made by an earlier version the indexes that readers walk. */
  readonly upgradeOfIndexes: string;

  constructor(private readonly parts: RectangleTableParts<State>) {
    const { name, key, readBy, state } = parts;
    this.name = name;
    this.ddl = `
CREATE TABLE ${name} (
  ${declared(key, ' NOT NULL').join(',\n  ')},
  effective_from timestamptz NOT NULL,
  effective_to timestamptz,
  known_from timestamptz NOT NULL,
  known_to timestamptz,
  log_from bigint NOT NULL,
  log_to bigint,
  ${declared(state).join(',\n  ')},
  PRIMARY KEY (${Object.keys(key).join(', ')}, log_from, effective_from),
  CHECK ((known_to IS NULL) = (log_to IS NULL))
);`;
    this.indexes = `
ALTER TABLE ${name} ADD CONSTRAINT ${name}_one_truth EXCLUDE USING gist (
  ${Object.keys(key).map((column) => `${column} WITH =`).join(', ')},
  tstzrange(effective_from, effective_to) WITH &&, tstzrange(known_from, known_to) WITH &&);
${readersIndexes(name, readBy)}
CREATE UNIQUE INDEX ON ${name} (${Object.keys(key).join(', ')}, effective_from) WHERE log_to IS NULL;`;
    this.upgradeOfIndexes = `DROP INDEX IF EXISTS ${name}_${readBy.join('_')}_idx;\n${readersIndexes(name, readBy)}`;
  }

  /** The rows of a subject that held at an instant, as known at a time: a table expression over SQL expressions. */
  at(subject: readonly string[], point: KnownAt & { readonly effective: string }): string {
    return rowsAt({ table: this.name, readBy: this.parts.readBy, subject }, point);
  }

  /** The rows of a subject that were known at a time, whenever they held. */
  knownAt(subject: readonly string[], known: KnownAt): string {
    return rowsKnownAt({ table: this.name, readBy: this.parts.readBy, subject }, known);
  }

  /**
   * Writes the changes of a batch, set by set. It goes along with the next statement of the transaction, which fails when a
   * rectangle that should end is not there: the table does not follow from the log then, and must be rebuilt.
   */
  write(session: SqlSession, changes: readonly SubjectChange<State>[]): void {
    this.end(session, changes);
    this.add(session, changes);
  }

  /**
   * Each rectangle is looked up by itself (`OFFSET 0` has the planner leave it so). Joined, a batch of one event would look
   * through the whole table, since the planner takes a hundred for what the batch holds.
   *
   * It is looked up as a row between two that are equal, which an ordered index alone can answer, and without a look
   * through the table. The index of the constraint is a GiST index, and would answer equality of columns as well: but a
   * statement that looks up by one again and again, and by its own changes splits the first page of it in between, loses
   * entries of the index (seen with PostgreSQL 15.18 and 18.4).
   */
  private end(session: SqlSession, changes: readonly SubjectChange<State>[]): void {
    const { name, key } = this.parts;
    const ending = changes.flatMap(({ key: subject, change }) =>
      change.ending.map(({ from, ended }) => ({ ...subject, effective_from: from, known_to: ended.at, log_to: ended.logPosition })),
    );
    if (ending.length === 0) return;
    const columns = { ...key, effective_from: 'timestamptz', known_to: 'timestamptz', log_to: 'bigint' };
    const subjectOf = (alias: string): string => [...Object.keys(key), 'effective_from'].map((column) => `${alias}.${column}`).join(', ');
    goAlong(session, 'cairn_walk_indexes', `SELECT set_config('enable_seqscan', 'off', true)`);
    goAlong(
      session,
      `cairn_end_${name}`,
      `WITH ended AS (
         UPDATE ${name} r SET known_to = e.known_to, log_to = e.log_to
         FROM json_to_recordset($1::json) AS e (${declared(columns).join(', ')})
         CROSS JOIN LATERAL (
           SELECT open.ctid FROM ${name} open
           WHERE (${subjectOf('open')}) BETWEEN (${subjectOf('e')}) AND (${subjectOf('e')}) AND open.log_to IS NULL
           OFFSET 0) found
         WHERE r.ctid = found.ctid
         RETURNING 1)
       SELECT CASE WHEN count(*) = $2::int THEN 1 ELSE
         ('${name} does not follow from the log: rectangles that end: ' || $2::int || ', that are there: ' || count(*))::int END FROM ended`,
      [JSON.stringify(ending), ending.length],
    );
  }

  private add(session: SqlSession, changes: readonly SubjectChange<State>[]): void {
    const { name, key, state, valuesOf } = this.parts;
    const added = changes.flatMap(({ key: subject, change }) =>
      change.added.map((rectangle) => ({
        ...subject,
        effective_from: rectangle.from,
        effective_to: rectangle.to,
        known_from: rectangle.begun.at,
        known_to: rectangle.ended?.at,
        log_from: rectangle.begun.logPosition,
        log_to: rectangle.ended?.logPosition,
        ...valuesOf(rectangle.state),
      })),
    );
    if (added.length === 0) return;
    const columns = {
      ...key, effective_from: 'timestamptz', effective_to: 'timestamptz', known_from: 'timestamptz', known_to: 'timestamptz',
      log_from: 'bigint', log_to: 'bigint', ...state,
    };
    const names = Object.keys(columns).join(', ');
    goAlong(
      session,
      `cairn_add_${name}`,
      `INSERT INTO ${name} (${names}) SELECT ${names} FROM json_to_recordset($1::json) AS r (${declared(columns).join(', ')})`,
      [JSON.stringify(added)],
    );
  }
}
