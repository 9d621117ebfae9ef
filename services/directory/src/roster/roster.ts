import { rosterImportedV1 } from '@cairn/contracts';
import type { DomainEvent } from '@cairn/decider';
import type { EventCatalogue } from '@cairn/service-kit';

/** An import as a whole is done; its facts stand in the streams of the schools. */
export type RosterEvent = DomainEvent<
  'RosterImported',
  {
    importId: string;
    /** YYYY-MM-DD */
    effective: string;
    opened: number;
    renamed: number;
    changed: number;
    unchanged: number;
    closed: number;
    rejected: number;
  }
>;

export const rosterCatalogue: EventCatalogue<RosterEvent> = {
  RosterImported: { schemaVersion: 1, data: rosterImportedV1.shape.data },
};

export const rosterStream = (districtId: string): string => `directory.roster-${districtId}`;
