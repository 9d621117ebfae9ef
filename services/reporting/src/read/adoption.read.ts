import { emptyTimeline, record, stageSchema, stateIntervals } from '@cairn/contracts';
import type { AdoptionPublicEvent, Started } from '@cairn/contracts';
import { goAlong } from '@cairn/event-bus';
import type { Sending, SqlSession } from '@cairn/event-bus';
import { ProblemException, slugSchema } from '@cairn/service-kit';
import type { Projection } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { adoptionEventOf, timelineEntryOf } from '../adoption/timeline-entry.js';
import { projectStreams } from '../bitemporal/project-streams.js';
import type { StreamReading } from '../bitemporal/project-streams.js';
import type { Point } from '../bitemporal/rows-at.js';
import type { ReceivedEvent } from '../log/received-event.js';
import { adoptionRectangles } from './adoption-rectangles.js';
import { ReadRoute } from './answers.js';
import { asking, asksForNow, districtPathSchema, newestPoint, pointAsked, requireInitiative } from './asking.js';
import type { DistrictPath, KnownDistrict } from './asking.js';
import { Snapshots } from './snapshots.js';
import type { Find, Snapshot } from './snapshots.js';
import { standingAt } from './standing.js';
import { stageTotals, stageTotalsSchema, statusSchema, statusTotals, statusTotalsSchema } from './totals.js';

// Projection

/** A row an event, because every event raises the version and most change no rectangle. */
const adoptionVersionDdl = `
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

const addVersions = (batch: readonly ReceivedEvent[], session: SqlSession): void => {
  const versions = batch.flatMap(({ event, logPosition }) => {
    const adoption = adoptionEventOf(event);
    if (!adoption) return [];
    return { ...reading.keyOf(adoption), version: event.streamversion, known_from: event.recordedat, log_from: logPosition };
  });
  if (versions.length === 0) return;
  goAlong(
    session,
    'cairn_add_adoption_version',
    `INSERT INTO adoption_version (district, initiative_id, school_id, version, known_from, log_from)
     SELECT district, initiative_id, school_id, version, known_from, log_from FROM json_to_recordset($1::json)
       AS v (district text, initiative_id text, school_id uuid, version bigint, known_from timestamptz, log_from bigint)`,
    [JSON.stringify(versions)],
  );
};

export const adoptionProjection: Projection<ReceivedEvent> = {
  name: 'adoption',
  tables: [adoptionRectangles.name, 'adoption_version'],
  ddl: `${adoptionRectangles.ddl}${adoptionVersionDdl}`,
  indexes: adoptionRectangles.indexes,
  project: async (batch, session) => {
    await projectStreams(adoptionRectangles, reading, batch, session);
    addVersions(batch, session);
  },
};

// Query

const schoolsMax = 20_000;

const answerSchema = z.object({
  effective: z.string(),
  recorded: z.string(),
  position: z.string().describe('With the same effective, recorded and position, the answer is the same again'),
  totals: stageTotalsSchema,
  statuses: statusTotalsSchema,
  schools: z.array(
    z.object({
      schoolId: z.uuid(),
      name: z.string(),
      stage: stageSchema.nullable().describe('Null: not started'),
      status: statusSchema,
      since: z.string().nullable().describe('When the stage was entered'),
      daysInStage: z.int().nullable().describe('On the calendar of the district'),
      version: z.int().describe('What If-Match takes, as known then; 0: nothing was recorded'),
      eventId: z.uuid().nullable().describe('The event that set stage or status last'),
    }),
  ),
});
export type AdoptionAnswer = z.infer<typeof answerSchema>;

const tooMany = (): ProblemException => {
  const detail = `More than ${schoolsMax} schools were open then, which is more than one answer holds.`;
  return new ProblemException({ type: '/problems/too-many-schools', title: 'Too many schools', status: 422, detail });
};

const notStarted = { stage: null, status: 'not-started', since: null, daysInStage: null, eventId: null } as const;

/**
 * Where each school that was open then stood. It is one statement, which may be the last of its transaction.
 * @throws a 422 problem for more than `schoolsMax`
 */
export const adoptionAsOf = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  { effective, recorded, position }: Point,
  sending: Pick<Sending, 'last'> = {},
): Promise<AdoptionAnswer> => {
  const point = { effective, recorded, position };
  const { open, standings } = await standingAt(session, district, initiativeId, { ...point, schoolsMax: schoolsMax + 1 }, sending);
  if (open.length > schoolsMax) throw tooMany();
  const standingOf = new Map(standings.map((standing) => [standing.schoolId, standing]));
  const schools = open.map(({ schoolId, name, version }): AdoptionAnswer['schools'][number] => {
    const { stage, status, since, daysInStage, eventId } = standingOf.get(schoolId) ?? notStarted;
    return { schoolId, name, stage, status, since, daysInStage, version, eventId };
  });
  const coordinates = { effective, recorded, position: `reporting:${position}` };
  return { ...coordinates, totals: stageTotals(schools), statuses: statusTotals(schools), schools };
};

const questionSchema = z.strictObject({ initiative: slugSchema, ...asking });

export class AdoptionAsOf extends Query<AdoptionAnswer> {
  constructor(
    readonly districtId: string,
    readonly asked: z.infer<typeof questionSchema>,
  ) {
    super();
  }
}

@QueryHandler(AdoptionAsOf)
export class AdoptionAsOfHandler implements IQueryHandler<AdoptionAsOf> {
  constructor(private readonly snapshots: Snapshots) {}

  execute({ districtId, asked }: AdoptionAsOf): Promise<AdoptionAnswer> {
    const district: Find<KnownDistrict> = (session, sending) => requireInitiative(session, districtId, asked.initiative, sending);
    const at = ({ session }: Snapshot, point: Point) => adoptionAsOf(session, districtId, asked.initiative, point, { last: true });
    if (asksForNow(asked)) {
      return this.snapshots.readNow(district, (snapshot) => at(snapshot, newestPoint(snapshot)));
    }
    return this.snapshots.read(asked.position, district, (snapshot, found) => at(snapshot, pointAsked(asked, found, snapshot)));
  }
}

// HTTP

@Controller('api/districts/:districtId/adoption')
export class AdoptionController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ReadRoute('adoption', 'Where each school stands, as it was on a date, as we knew it on another', answerSchema)
  adoption(
    @Param({ schema: districtPathSchema }) { districtId }: DistrictPath,
    @QueryParameters({ schema: questionSchema }) asked: z.infer<typeof questionSchema>,
  ): Promise<AdoptionAnswer> {
    return this.queries.execute(new AdoptionAsOf(districtId, asked));
  }
}
