import { directoryEventSchema } from '@cairn/contracts';
import type { DirectoryPublicEvent } from '@cairn/contracts';
import type { PublicMessage } from '@cairn/event-bus';
import type { RecordedEvent } from '@cairn/event-store';
import { publicMessage, readEvent } from '@cairn/service-kit';

import type { DirectoryEvent } from './directory-events.js';
import { directoryCatalogue } from './directory-events.js';

/** The public name of each fact. The directory has no private facts. */
const publicTypes: Readonly<Record<DirectoryEvent['type'], DirectoryPublicEvent['type']>> = {
  DistrictRegistered: 'org.cairn.directory.district-registered.v1',
  InitiativeDefined: 'org.cairn.directory.initiative-defined.v1',
  RosterImported: 'org.cairn.directory.roster-imported.v1',
  SchoolOpened: 'org.cairn.directory.school-opened.v1',
  SchoolRenamed: 'org.cairn.directory.school-renamed.v1',
  SchoolProfileChanged: 'org.cairn.directory.school-profile-changed.v1',
  SchoolClosed: 'org.cairn.directory.school-closed.v1',
  SchoolReopened: 'org.cairn.directory.school-reopened.v1',
  ExternalIdBound: 'org.cairn.directory.external-id-bound.v1',
  ExternalIdReleased: 'org.cairn.directory.external-id-released.v1',
};

/** What the directory tells others: keyed by school, so that a school's facts keep their order, else by stream. */
export const publishDirectory = (stored: RecordedEvent): PublicMessage => {
  const fact = readEvent(directoryCatalogue, stored);
  const subject = 'schoolId' in fact.data ? fact.data.schoolId : stored.stream;
  return publicMessage(stored, { type: publicTypes[fact.type], subject, data: fact.data }, directoryEventSchema);
};
