import type { SqlSession } from '@cairn/event-bus';
import type { Projection } from '@cairn/service-kit';

import { projectStreams } from '../bitemporal/project-streams.js';
import type { StreamReading } from '../bitemporal/project-streams.js';
import { RectangleTable } from '../bitemporal/rectangle-table.js';
import { directoryEventOf, schoolEventOf, schoolStretches } from '../directory/school-timeline.js';
import type { SchoolEvent, SchoolState } from '../directory/school-timeline.js';
import type { ReceivedEvent } from '../log/received-event.js';

/** What each school was called, and whether it was open, from-to, as known from-to. */
export const schoolRectangles = new RectangleTable<SchoolState>({
  name: 'school_rectangle',
  key: { district: 'text', school_id: 'uuid' },
  state: { is_open: 'boolean', name: 'text', external_ids: 'json', profile: 'json' },
  valuesOf: ({ open, name, externalIds, profile }) => ({ is_open: open, name, external_ids: externalIds, profile }),
});

export const directoryTablesDdl = `${schoolRectangles.ddl}
CREATE TABLE district (
  district text PRIMARY KEY,
  name text NOT NULL,
  time_zone text NOT NULL,
  log_from bigint NOT NULL
);
CREATE TABLE initiative (
  district text NOT NULL,
  initiative_id text NOT NULL,
  name text NOT NULL,
  log_from bigint NOT NULL,
  PRIMARY KEY (district, initiative_id)
);`;

const reading: StreamReading<SchoolEvent, SchoolState> = {
  read: schoolEventOf,
  keyOf: ({ district, data }) => ({ district, school_id: data.schoolId }),
  stretchesOf: schoolStretches,
};

const addDistrictsAndInitiatives = async (batch: readonly ReceivedEvent[], session: SqlSession): Promise<void> => {
  for (const { event, logPosition } of batch) {
    const known = directoryEventOf(event);
    if (known?.type === 'org.cairn.directory.district-registered.v1') {
      const { districtId, name, timeZone } = known.data;
      await session.query('INSERT INTO district (district, name, time_zone, log_from) VALUES ($1, $2, $3, $4)', [districtId, name, timeZone, logPosition]);
    }
    if (known?.type === 'org.cairn.directory.initiative-defined.v1') {
      const { initiativeId, name } = known.data;
      await session.query('INSERT INTO initiative (district, initiative_id, name, log_from) VALUES ($1, $2, $3, $4)', [known.district, initiativeId, name, logPosition]);
    }
  }
};

/** The directory as it stood: schools, and what districts and initiatives there are. */
export const directoryProjection: Projection<ReceivedEvent> = {
  name: 'directory',
  project: async (batch, session) => {
    await projectStreams(schoolRectangles, reading, batch, session);
    await addDistrictsAndInitiatives(batch, session);
  },
  reset: async (session) => {
    await session.query(`TRUNCATE ${schoolRectangles.name}, district, initiative`);
  },
};
