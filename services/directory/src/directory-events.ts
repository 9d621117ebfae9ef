import type { EventCatalogue } from '@cairn/service-kit';

import type { DistrictEvent } from './district/district.js';
import { districtCatalogue } from './district/district.js';
import type { InitiativeEvent } from './initiative/initiative.js';
import { initiativeCatalogue } from './initiative/initiative.js';
import type { RosterEvent } from './roster/roster.js';
import { rosterCatalogue } from './roster/roster.js';
import type { SchoolEvent } from './school/school.js';
import { schoolCatalogue } from './school/school.js';

/** Everything that the directory records. */
export type DirectoryEvent = DistrictEvent | InitiativeEvent | RosterEvent | SchoolEvent;

export const directoryCatalogue: EventCatalogue<DirectoryEvent> = {
  ...districtCatalogue,
  ...initiativeCatalogue,
  ...rosterCatalogue,
  ...schoolCatalogue,
};
