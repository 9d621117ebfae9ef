import {
  externalIdBoundV1,
  externalIdReleasedV1,
  schoolClosedV1,
  schoolOpenedV1,
  schoolProfileChangedV1,
  schoolRenamedV1,
  schoolReopenedV1,
} from '@cairn/contracts';
import type { ExternalId, SchoolProfile } from '@cairn/contracts';
import type { DomainEvent, Evolve, Instant, Recorded } from '@cairn/decider';
import { unreachable } from '@cairn/decider';
import type { EventCatalogue } from '@cairn/service-kit';

/** What is recorded of a school. */
export type SchoolEvent =
  | DomainEvent<
      'SchoolOpened',
      { schoolId: string; name: string; externalIds: readonly ExternalId[]; profile: SchoolProfile }
    >
  | DomainEvent<'SchoolRenamed', { schoolId: string; from: string; to: string }>
  | DomainEvent<'SchoolProfileChanged', { schoolId: string; profile: SchoolProfile }>
  | DomainEvent<'SchoolClosed', { schoolId: string; reason: string }>
  | DomainEvent<'SchoolReopened', { schoolId: string; reason: string }>
  | DomainEvent<'ExternalIdBound', { schoolId: string; externalId: ExternalId }>
  | DomainEvent<'ExternalIdReleased', { schoolId: string; externalId: ExternalId }>;

/** The directory publishes what it records of a school as it stands, so both are held to the same schemas. */
export const schoolCatalogue: EventCatalogue<SchoolEvent> = {
  SchoolOpened: { schemaVersion: 1, data: schoolOpenedV1.shape.data },
  SchoolRenamed: { schemaVersion: 1, data: schoolRenamedV1.shape.data },
  SchoolProfileChanged: { schemaVersion: 1, data: schoolProfileChangedV1.shape.data },
  SchoolClosed: { schemaVersion: 1, data: schoolClosedV1.shape.data },
  SchoolReopened: { schemaVersion: 1, data: schoolReopenedV1.shape.data },
  ExternalIdBound: { schemaVersion: 1, data: externalIdBoundV1.shape.data },
  ExternalIdReleased: { schemaVersion: 1, data: externalIdReleasedV1.shape.data },
};

export const schoolStream = (schoolId: string): string => `directory.school-${schoolId}`;

/** A school as its stream tells it. */
export interface School {
  readonly schoolId: string;
  readonly name: string;
  /** Ids bound now; a school that has closed holds none. */
  readonly externalIds: readonly ExternalId[];
  /** Ids it held once: other schools may hold them now. */
  readonly formerIds: readonly ExternalId[];
  readonly profile: SchoolProfile;
  readonly openedAt: Instant;
  readonly closedAt: Instant | undefined;
  /** When its newest fact was true. */
  readonly changedAt: Instant;
  /** Version of its stream. */
  readonly version: number;
}

export const sameId = (left: ExternalId, right: ExternalId): boolean =>
  left.scheme === right.scheme && left.value === right.value;

const without = (ids: readonly ExternalId[], id: ExternalId): readonly ExternalId[] => ids.filter((held) => !sameId(held, id));

/** The school after one more fact; undefined stands for a school that was never opened. */
export const evolveSchool: Evolve<School | undefined, SchoolEvent> = (school, event) => {
  const { occurredAt, version } = event;
  if (event.type === 'SchoolOpened') {
    const { schoolId, name, externalIds, profile } = event.data;
    const at = { openedAt: occurredAt, closedAt: undefined, changedAt: occurredAt, version };
    return { schoolId, name, externalIds, formerIds: [], profile, ...at };
  }
  if (!school) return school;
  return { ...changed(school, event), changedAt: occurredAt, version };
};

const changed = (school: School, event: Exclude<Recorded<SchoolEvent>, { type: 'SchoolOpened' }>): School => {
  switch (event.type) {
    case 'SchoolRenamed':
      return { ...school, name: event.data.to };
    case 'SchoolProfileChanged':
      return { ...school, profile: event.data.profile };
    case 'SchoolClosed':
      return { ...school, closedAt: event.occurredAt };
    case 'SchoolReopened':
      return { ...school, closedAt: undefined };
    case 'ExternalIdBound': {
      const { externalId } = event.data;
      const formerIds = without(school.formerIds, externalId);
      return { ...school, externalIds: [...without(school.externalIds, externalId), externalId], formerIds };
    }
    case 'ExternalIdReleased': {
      const { externalId } = event.data;
      const formerIds = [...without(school.formerIds, externalId), externalId];
      return { ...school, externalIds: without(school.externalIds, externalId), formerIds };
    }
    default:
      return unreachable(event);
  }
};
