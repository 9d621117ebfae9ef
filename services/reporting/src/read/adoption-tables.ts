import { emptyTimeline, record, stateIntervals } from '@cairn/contracts';
import type { AdoptionPublicEvent, Started } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import type { Projection } from '@cairn/service-kit';

import { adoptionEventOf, timelineEntryOf } from '../adoption/timeline-entry.js';
import { projectStreams } from '../bitemporal/project-streams.js';
import type { StreamReading } from '../bitemporal/project-streams.js';
import { RectangleTable } from '../bitemporal/rectangle-table.js';
import type { ReceivedEvent } from '../log/received-event.js';

/** Where each adoption stood from-to, as known from-to. Before its first row a school has not started. */
export const adoptionRectangles = new RectangleTable<Started>({
  name: 'adoption_rectangle',
  key: { district: 'text', initiative_id: 'text', school_id: 'uuid' },
  state: { stage: 'text', status: 'text', stage_since: 'timestamptz', status_since: 'timestamptz', event_id: 'uuid' },
  valuesOf: ({ stage, status, stageSince, statusSince, eventId }) => ({
    stage,
    status,
    stage_since: stageSince,
    status_since: statusSince,
    event_id: eventId,
  }),
});

/** A row an event, because every event raises the version and most change no rectangle. */
export const adoptionTablesDdl = `${adoptionRectangles.ddl}
CREATE TABLE adoption_version (
  district text NOT NULL,
  initiative_id text NOT NULL,
  school_id uuid NOT NULL,
  version bigint NOT NULL,
  known_from timestamptz NOT NULL,
  log_from bigint NOT NULL,
  PRIMARY KEY (school_id, initiative_id, version)
);`;

const reading: StreamReading<AdoptionPublicEvent, Started> = {
  read: adoptionEventOf,
  keyOf: ({ district, data }) => ({ district, initiative_id: data.initiativeId, school_id: data.schoolId }),
  stretchesOf: (events) => stateIntervals(events.map(timelineEntryOf).reduce(record, emptyTimeline)),
};

const addVersions = async (batch: readonly ReceivedEvent[], session: SqlSession): Promise<void> => {
  const versions = batch.flatMap(({ event, logPosition }) => {
    const adoption = adoptionEventOf(event);
    if (!adoption) return [];
    return { ...reading.keyOf(adoption), version: event.streamversion, known_from: event.recordedat, log_from: logPosition };
  });
  await session.query(
    `INSERT INTO adoption_version (district, initiative_id, school_id, version, known_from, log_from)
     SELECT district, initiative_id, school_id, version, known_from, log_from FROM json_to_recordset($1::json)
       AS v (district text, initiative_id text, school_id uuid, version bigint, known_from timestamptz, log_from bigint)`,
    [JSON.stringify(versions)],
  );
};

export const adoptionProjection: Projection<ReceivedEvent> = {
  name: 'adoption',
  project: async (batch, session) => {
    await projectStreams(adoptionRectangles, reading, batch, session);
    await addVersions(batch, session);
  },
  reset: async (session) => {
    await session.query(`TRUNCATE ${adoptionRectangles.name}, adoption_version`);
  },
};
