import type { Recorded } from '@cairn/decider';
import type { SqlSession } from '@cairn/event-bus';
import type { RecordedEvent } from '@cairn/event-store';
import { readEvent } from '@cairn/service-kit';
import type { Projection } from '@cairn/service-kit';

import type { DirectoryEvent } from '../directory-events.js';
import { directoryCatalogue } from '../directory-events.js';
import type { SchoolEvent } from '../school/school.js';
import { districtDdl, projectDistrict } from './districts.read.js';
import { initiativeDdl, projectInitiative } from './initiatives.read.js';
import { projectSchools, schoolDdl } from './known-schools.read.js';

const isOfSchool = (fact: Recorded<DirectoryEvent>): fact is Recorded<SchoolEvent> => 'schoolId' in fact.data;

const projectOne = async (districtId: string, fact: Recorded<DirectoryEvent>, session: SqlSession): Promise<void> => {
  if (fact.type === 'DistrictRegistered') await projectDistrict(fact, session);
  if (fact.type === 'InitiativeDefined') await projectInitiative(districtId, fact, session);
};

/** The directory as it is now, for its own lists and for comparing rosters. What it was at a date is for reporting to say. */
export const directoryProjection: Projection<RecordedEvent> = {
  name: 'directory',
  tables: ['district', 'initiative', 'school'],
  ddl: [districtDdl, initiativeDdl, schoolDdl].join(';\n'),

  project: async (events, session) => {
    const ofSchools = new Map<string, Recorded<SchoolEvent>[]>();
    for (const stored of events) {
      const fact = readEvent(directoryCatalogue, stored);
      if (!isOfSchool(fact)) {
        await projectOne(stored.district, fact, session);
        continue;
      }
      const facts = ofSchools.get(stored.district);
      if (facts) facts.push(fact);
      else ofSchools.set(stored.district, [fact]);
    }
    for (const [districtId, facts] of ofSchools) await projectSchools(districtId, facts, session);
  },
};
