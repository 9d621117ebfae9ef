import type { ExternalId, SchoolProfile } from '@cairn/contracts';
import type { Instant } from '@cairn/decider';

import type { School, SchoolEvent } from '../school/school.js';
import { schoolStream } from '../school/school.js';
import type { ChangedSchool, ClosingCandidate, OpenedSchool, RosterDiff } from './diff-roster.js';
import { derivedId } from './school-id.js';

/** The facts of one school that an import adds to its stream, all at once. */
export interface SchoolFacts {
  readonly schoolId: string;
  readonly stream: string;
  /** Version of the stream that they follow; 0: a new stream. */
  readonly after: number;
  readonly facts: readonly (SchoolEvent & { readonly eventId: string })[];
}

export interface RosterImport {
  readonly importId: string;
  /** When the roster's facts became true: the start of its effective day. */
  readonly occurredAt: Instant;
  /** Whether the candidates are closed as well: only ever on the word of a person who has seen their number. */
  readonly closeCandidates: boolean;
}

/** A fact without the members that all facts of an import share. */
type Told = SchoolEvent extends infer Event ? (Event extends SchoolEvent ? Omit<Event, 'occurredAt'> : never) : never;

const profileChanged = (schoolId: string, profile: SchoolProfile | undefined): readonly Told[] =>
  profile ? [{ type: 'SchoolProfileChanged', data: { schoolId, profile } }] : [];

const bound = (schoolId: string, externalId: ExternalId | undefined): readonly Told[] =>
  externalId ? [{ type: 'ExternalIdBound', data: { schoolId, externalId } }] : [];

const renamed = (schoolId: string, from: string, to: string): readonly Told[] =>
  from === to ? [] : [{ type: 'SchoolRenamed', data: { schoolId, from, to } }];

const opening = ({ schoolId, name, externalId, profile }: OpenedSchool): readonly Told[] => [
  { type: 'SchoolOpened', data: { schoolId, name, externalIds: [externalId], profile } },
];

const reopening = ({ schoolId, name, externalId, profile }: OpenedSchool, before: School): readonly Told[] => [
  { type: 'SchoolReopened', data: { schoolId, reason: 'The roster names the school again, under its old id.' } },
  ...bound(schoolId, externalId),
  ...renamed(schoolId, before.name, name),
  ...profileChanged(schoolId, sameProfile(before.profile, profile) ? undefined : profile),
];

const changing = ({ school, bound: id, profile }: ChangedSchool, to: string): readonly Told[] => [
  ...bound(school.schoolId, id),
  ...renamed(school.schoolId, school.name, to),
  ...profileChanged(school.schoolId, profile),
];

/** A closed school holds no ids, so that an office may give them to another school. */
const closing = ({ school: { schoolId, externalIds }, reason }: ClosingCandidate): readonly Told[] => [
  { type: 'SchoolClosed', data: { schoolId, reason } },
  ...externalIds.map((externalId): Told => ({ type: 'ExternalIdReleased', data: { schoolId, externalId } })),
];

const sameProfile = (left: SchoolProfile, right: SchoolProfile): boolean => {
  const members = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof SchoolProfile>;
  return [...members].every((member) => left[member] === right[member]);
};

/**
 * The facts that a diff amounts to, one group a stream, in the order of the file. Ids are derived from the import, the
 * place in the file and the version that the facts follow: an import that is run again, after a crash or twice at
 * once, states the same facts under the same ids, and the store keeps them once.
 */
export const rosterFacts = (diff: RosterDiff, roster: RosterImport): readonly SchoolFacts[] => {
  const group = (schoolId: string, after: number, place: number | 'absent', told: readonly Told[]): SchoolFacts => ({
    schoolId,
    stream: schoolStream(schoolId),
    after,
    facts: told.map((fact, index) => ({
      ...fact,
      eventId: derivedId('roster', roster.importId, schoolId, place, after, index),
      occurredAt: roster.occurredAt,
    })),
  });
  const inFile = [
    ...diff.opened.map((school) => ({ school, to: school.name })),
    ...diff.renamed.map((school) => ({ school, to: school.to })),
    ...diff.changed.map((school) => ({ school, to: school.school.name })),
  ].sort((left, right) => left.school.line - right.school.line);

  const changes = inFile.map(({ school, to }) => {
    if ('school' in school) return group(school.school.schoolId, school.school.version, school.line, changing(school, to));
    const { reopened } = school;
    const told = reopened ? reopening(school, reopened) : opening(school);
    return group(school.schoolId, reopened?.version ?? 0, school.line, told);
  });
  const closed = roster.closeCandidates
    ? diff.closingCandidates.map((candidate) =>
        group(candidate.school.schoolId, candidate.school.version, candidate.line ?? 'absent', closing(candidate)),
      )
    : [];
  return [...changes, ...closed];
};
