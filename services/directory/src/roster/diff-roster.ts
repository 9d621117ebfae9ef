import type { ExternalId, SchoolProfile } from '@cairn/contracts';
import type { Instant } from '@cairn/decider';

import type { School } from '../school/school.js';
import { sameId } from '../school/school.js';
import { normaliseSchoolName } from './names.js';
import type { RejectedRow, RosterRow } from './read-row.js';
import type { Roster } from './read-roster-csv.js';
import { schoolIdFor } from './school-id.js';

/** What a roster says that the directory does not hold yet. Every row of the file stands in exactly one group. */
export interface RosterDiff {
  readonly opened: readonly OpenedSchool[];
  /** Other changes of a renamed school stand with it. */
  readonly renamed: readonly RenamedSchool[];
  readonly changed: readonly ChangedSchool[];
  /** Rows that say what the directory holds. */
  readonly unchanged: number;
  readonly closingCandidates: readonly ClosingCandidate[];
  readonly rejected: readonly RejectedRow[];
}

export interface OpenedSchool {
  readonly line: number;
  readonly schoolId: string;
  readonly name: string;
  readonly externalId: ExternalId;
  readonly profile: SchoolProfile;
  /** The school had closed and is back; set together with what it was before. */
  readonly reopened?: School;
}

export interface ChangedSchool {
  readonly line: number;
  readonly school: School;
  /** The whole profile from now on, when it differs. */
  readonly profile?: SchoolProfile;
  /** An id that the school is known by from now on: it was found by its name. */
  readonly bound?: ExternalId;
}

export interface RenamedSchool extends ChangedSchool {
  readonly from: string;
  readonly to: string;
}

export interface ClosingCandidate {
  readonly school: School;
  /** Whole sentence. */
  readonly reason: string;
  /** The row that says so; none when the school is absent from the file. */
  readonly line?: number;
}

export interface RosterQuestion {
  readonly districtId: string;
  /** Every school that the directory has ever held for the district. */
  readonly schools: readonly School[];
  readonly roster: Roster;
  /** From when on the roster holds: the start of its effective day. */
  readonly effectiveAt: Instant;
  /** The calendar day of an instant in the district's zone, for the reasons. */
  readonly dateOf: (instant: Instant) => string;
}

type Outcome =
  | { readonly group: 'opened'; readonly school: OpenedSchool }
  | { readonly group: 'renamed'; readonly school: RenamedSchool }
  | { readonly group: 'changed'; readonly school: ChangedSchool }
  | { readonly group: 'unchanged' }
  | { readonly group: 'closing'; readonly candidate: ClosingCandidate }
  | { readonly group: 'rejected'; readonly row: RejectedRow };

const keyOf = ({ scheme, value }: ExternalId): string => `${scheme}\n${value}`;

const groupedBy = <Item>(items: readonly Item[], keysOf: (item: Item) => readonly string[]): ReadonlyMap<string, readonly Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
};

const byName = (left: School, right: School): number =>
  left.name.localeCompare(right.name, 'en') || (left.schoolId < right.schoolId ? -1 : 1);

const isOpen = (school: School): boolean => school.closedAt === undefined;

/**
 * Compares a roster with the directory.
 *
 * - A row means the school that holds its external id now; else one that held it once and has the same normalised
 *   name (a school that had closed reopens); else the one open school of that name without an id of the scheme, when file and
 *   directory know the name once (the id is bound to it); else a new school, also when its id was used before.
 * - A row about a school of which something newer is known than the roster's effective day is rejected: the
 *   directory is told its changes in their order.
 * - Schools that carry an id of the scheme and that the file does not name, not even in a rejected row, are
 *   candidates for closing, as are those whose row says that they closed. A diff never closes anything by itself.
 */
export const diffRoster = (question: RosterQuestion): RosterDiff => {
  const { schools, roster } = question;
  const outcomes = roster.rows.map(outcomeOf(question));
  const named = new Set([...roster.rows, ...roster.rejected].flatMap(({ externalId }) => (externalId ? [keyOf(externalId)] : [])));
  const absent = schools.filter((school) => {
    const ids = school.externalIds.filter((id) => id.scheme === roster.layout);
    return ids.length > 0 && !ids.some((id) => named.has(keyOf(id))) && school.changedAt <= question.effectiveAt;
  });
  const inRows = outcomes.flatMap((outcome) => (outcome.group === 'closing' ? [outcome.candidate] : []));
  const inFile = outcomes.flatMap((outcome) => (outcome.group === 'rejected' ? [outcome.row] : []));
  return {
    opened: outcomes.flatMap((outcome) => (outcome.group === 'opened' ? [outcome.school] : [])),
    renamed: outcomes.flatMap((outcome) => (outcome.group === 'renamed' ? [outcome.school] : [])),
    changed: outcomes.flatMap((outcome) => (outcome.group === 'changed' ? [outcome.school] : [])),
    unchanged: outcomes.filter(({ group }) => group === 'unchanged').length,
    closingCandidates: [
      ...inRows,
      ...[...absent].sort(byName).map((school) => ({ school, reason: 'The school is absent from the roster.' })),
    ],
    rejected: [...roster.rejected, ...inFile].sort((left, right) => left.line - right.line),
  };
};

const outcomeOf = (question: RosterQuestion): ((row: RosterRow) => Outcome) => {
  const { schools, roster, effectiveAt, dateOf, districtId } = question;
  const holders = groupedBy(schools, (school) => school.externalIds.map(keyOf));
  const formerHolders = groupedBy(schools, (school) => school.formerIds.map(keyOf));
  const unnumbered = groupedBy(
    schools.filter((school) => isOpen(school) && !school.externalIds.some((id) => id.scheme === roster.layout)),
    (school) => [normaliseSchoolName(school.name)],
  );
  const namesakes = groupedBy(roster.rows, (row) => [normaliseSchoolName(row.name)]);

  const reject = (row: RosterRow, column: string, reason: string): Outcome => {
    const { line, externalId } = row;
    return { group: 'rejected', row: { line, column, reason, externalId } };
  };

  return (row) => {
    const key = keyOf(row.externalId);
    const name = normaliseSchoolName(row.name);
    const holder = holders.get(key)?.[0];
    const former = (formerHolders.get(key) ?? []).filter((school) => normaliseSchoolName(school.name) === name).at(-1);
    const byName = namesakes.get(name)?.length === 1 && unnumbered.get(name)?.length === 1 ? unnumbered.get(name)?.[0] : undefined;
    const school = holder ?? former ?? (row.status === 'open' ? byName : undefined);

    if (school && school.changedAt > effectiveAt) {
      return reject(row, roster.columns.id, `The directory knows something newer of this school, from ${dateOf(school.changedAt)}.`);
    }
    if (row.status === 'closed') {
      const says = `The roster says that the school is closed (status ${row.statusText ?? 'Closed'}).`;
      if (!school) return reject(row, roster.columns.status, `${says} The directory does not know it.`);
      if (!isOpen(school)) return { group: 'unchanged' };
      return { group: 'closing', candidate: { school, line: row.line, reason: says } };
    }
    const { line, externalId } = row;
    if (!school) {
      const binding = (holders.get(key)?.length ?? 0) + (formerHolders.get(key)?.length ?? 0) + 1;
      const schoolId = schoolIdFor(districtId, externalId.scheme, externalId.value, binding);
      return { group: 'opened', school: { line, schoolId, name: row.name, externalId, profile: row.profile } };
    }
    if (!isOpen(school)) {
      const profile = { ...school.profile, ...row.profile };
      return { group: 'opened', school: { line, schoolId: school.schoolId, name: row.name, externalId, profile, reopened: school } };
    }
    const change: ChangedSchool = {
      line,
      school,
      ...(differs(school.profile, row.profile) && { profile: { ...school.profile, ...row.profile } }),
      ...(school.externalIds.some((id) => sameId(id, externalId)) ? {} : { bound: externalId }),
    };
    if (school.name !== row.name) return { group: 'renamed', school: { ...change, from: school.name, to: row.name } };
    return change.profile || change.bound ? { group: 'changed', school: change } : { group: 'unchanged' };
  };
};

/** Whether the roster says anything else than what is held; what it leaves out it does not deny. */
const differs = (held: SchoolProfile, said: SchoolProfile): boolean =>
  Object.entries(said).some(([member, value]) => held[member as keyof SchoolProfile] !== value);
