/** The point that a reader asks for: as it was on `effective`, as known on `recorded`, from the log up to `position`. */
export interface Point {
  readonly effective: string;
  readonly recorded: string;
  readonly position: number;
}

/** What was known at a time, as SQL expressions. */
export interface KnownAt {
  readonly recorded: string;
  readonly position: string;
}

export interface RowsAsked {
  readonly table: string;
  /** The columns that the indexes of `readersIndexes` begin with. */
  readonly readBy: readonly string[];
  /** What these columns equal, as SQL expressions. */
  readonly subject: readonly string[];
}

/** A row that holds without an end. */
const heldUntil = `coalesce(effective_to, 'infinity')`;

interface ReadersIndex {
  readonly name: string;
  readonly by: string;
  readonly where: string;
}

/**
 * `known_to` and `log_to` are null together. The planner does not know that, and so has one index to choose for each part
 * of a question: before a table is analyzed, it takes one for as good as any other.
 */
const index = {
  current: { name: 'held_until', by: heldUntil, where: 'known_to IS NULL' },
  endedInLog: { name: 'ended_in_log', by: 'log_to', where: 'log_to IS NOT NULL' },
  endedInTime: { name: 'ended_in_time', by: 'known_to', where: 'known_to IS NOT NULL' },
} as const satisfies Record<string, ReadersIndex>;

/**
 * Indexes of which each ends with the instant, or the position, up to which a row counts. So a reader of today meets what
 * counts today, however much was known or held before.
 */
export const readersIndexes = (table: string, readBy: readonly string[]): string =>
  Object.values(index)
    .map(({ name, by, where }) => `CREATE INDEX IF NOT EXISTS ${table}_${name} ON ${table} (${readBy.join(', ')}, (${by})) WHERE ${where};`)
    .join('\n');

/**
 * The rows of a subject that were known at a time, as a table expression. `log_from` and `log_to` make an answer
 * repeatable: a fact that was recorded early and received late does not change what the position before it said.
 *
 * In three parts, one for each index, and by comparisons of rows, which only an ordered index can answer. The index of the
 * constraint would answer plain equality as well, and be walked from end to end, as the subject's columns are not its first.
 */
export const rowsKnownAt = (asked: RowsAsked, known: KnownAt): string => parts(asked, known, undefined);

/** Those of them that held at an instant, given as an SQL expression. */
export const rowsAt = (asked: RowsAsked, { effective, ...known }: KnownAt & { readonly effective: string }): string => parts(asked, known, effective);

const parts = ({ table, readBy, subject }: RowsAsked, { recorded, position }: KnownAt, effective: string | undefined): string => {
  const [columns, values] = [readBy.join(', '), subject.join(', ')];
  const upToSubject = `(${columns}, 0) <= (${values}, 0)`;
  const begun = `log_from <= ${position} AND known_from <= ${recorded}`;
  const held = effective === undefined ? '' : `AND effective_from <= ${effective} AND ${heldUntil} > ${effective}`;
  const after = ({ by, where }: ReadersIndex, least: string): string =>
    `SELECT * FROM ${table} WHERE ${where} AND (${columns}, ${by}) > (${values}, ${least}) AND ${upToSubject} AND ${begun} ${held}`;
  return `(
    ${after(index.current, effective ?? `'-infinity'::timestamptz`)}
    UNION ALL
    ${after(index.endedInLog, position)}
    UNION ALL
    ${after(index.endedInTime, recorded)} AND coalesce(log_to, 0) <= ${position})`;
};
