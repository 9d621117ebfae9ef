import { externalIdSchema } from '@cairn/contracts';
import type { SchoolProfile } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import { cursorOf, pageSchema, placeIn, words } from '@cairn/service-kit';
import type { Projection } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { projectStreams } from '../bitemporal/project-streams.js';
import type { StreamReading } from '../bitemporal/project-streams.js';
import type { Point } from '../bitemporal/rows-at.js';
import { directoryEventOf, schoolEventOf, schoolStretches } from '../directory/school-timeline.js';
import type { SchoolEvent, SchoolState } from '../directory/school-timeline.js';
import type { ReceivedEvent } from '../log/received-event.js';
import { ReadRoute } from './answers.js';
import { asking, districtPathSchema, pointAsked, requireDistrict } from './asking.js';
import type { DistrictPath } from './asking.js';
import { schoolRectangles } from './school-rectangles.js';
import { Snapshots } from './snapshots.js';

// Projection

const namesDdl = `
CREATE TABLE district (
  district text PRIMARY KEY,
  time_zone text NOT NULL,
  log_from bigint NOT NULL
);
CREATE TABLE initiative (
  district text NOT NULL,
  initiative_id text NOT NULL,
  log_from bigint NOT NULL,
  PRIMARY KEY (district, initiative_id)
);`;

const reading: StreamReading<SchoolEvent, SchoolState> = {
  read: schoolEventOf,
  keyOf: ({ district, data }) => ({ district, school_id: data.schoolId }),
  stretchesOf: schoolStretches,
};

const addNames = async ({ event, logPosition }: ReceivedEvent, session: SqlSession): Promise<void> => {
  const known = directoryEventOf(event);
  if (known?.type === 'org.cairn.directory.district-registered.v1') {
    const values = [known.data.districtId, known.data.timeZone, logPosition];
    await session.query('INSERT INTO district (district, time_zone, log_from) VALUES ($1, $2, $3)', values);
  }
  if (known?.type === 'org.cairn.directory.initiative-defined.v1') {
    const values = [known.district, known.data.initiativeId, logPosition];
    await session.query('INSERT INTO initiative (district, initiative_id, log_from) VALUES ($1, $2, $3)', values);
  }
};

/** The directory as it stood: schools, and what districts and initiatives there are. */
export const directoryProjection: Projection<ReceivedEvent> = {
  name: 'directory',
  tables: [schoolRectangles.name, 'district', 'initiative'],
  ddl: `${schoolRectangles.ddl}${namesDdl}`,
  indexes: schoolRectangles.indexes,
  project: async (batch, session) => {
    await projectStreams(schoolRectangles, reading, batch, session);
    for (const received of batch) await addNames(received, session);
  },
};

// Query

const itemSchema = z.object({
  schoolId: z.uuid(),
  name: z.string(),
  externalIds: z.array(externalIdSchema),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  enrollment: z.int().optional(),
});
const answerSchema = z.object({ items: z.array(itemSchema), next: z.string().optional() });
export type SchoolItem = z.infer<typeof itemSchema>;
export type SchoolsAnswer = z.infer<typeof answerSchema>;

export interface SchoolsAsked {
  readonly district: string;
  /** Part of the name or of an external id, in any case. */
  readonly q?: string | undefined;
  /** The school of the page before, exclusive. */
  readonly after?: { readonly name: string; readonly schoolId: string } | undefined;
  readonly limit: number;
}

const at = { effective: '$2::timestamptz', recorded: '$3::timestamptz', position: '$4::bigint' };

type Row = Pick<SchoolItem, 'schoolId' | 'name' | 'externalIds'> & { readonly profile: SchoolProfile };

const itemOf = ({ schoolId, name, externalIds, profile: { latitude, longitude, enrollment } }: Row): SchoolItem => ({
  schoolId,
  name,
  externalIds,
  ...(latitude === undefined ? {} : { latitude }),
  ...(longitude === undefined ? {} : { longitude }),
  ...(enrollment === undefined ? {} : { enrollment }),
});

/** Characters that LIKE reads as patterns, taken as themselves. */
const literally = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

/** The schools that were open then, by name. */
export const schoolsAsOf = async (
  session: SqlSession,
  { district, q, after, limit }: SchoolsAsked,
  { effective, recorded, position }: Point,
): Promise<SchoolsAnswer> => {
  const rows = await session.query<Row>(
    `SELECT s.school_id AS "schoolId", s.name, s.external_ids AS "externalIds", s.profile
     FROM ${schoolRectangles.at(['$1'], at)} s
     WHERE s.is_open
       AND ($5::text IS NULL OR s.name ILIKE $5
         OR EXISTS (SELECT 1 FROM json_array_elements(s.external_ids) AS id WHERE id ->> 'value' ILIKE $5))
       AND ($6::text IS NULL OR (s.name, s.school_id) > ($6, $7::uuid))
     ORDER BY s.name, s.school_id LIMIT $8::int + 1`,
    [
      district, effective, recorded, position,
      q === undefined ? null : `%${literally(q)}%`, after?.name ?? null, after?.schoolId ?? null, limit,
    ],
  );
  const items = rows.slice(0, limit).map(itemOf);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last ? { next: cursorOf([last.name, last.schoolId]) } : {}) };
};

const questionSchema = z.strictObject({
  ...asking,
  ...pageSchema,
  q: words(200).optional(),
});
const cursorSchema = z.tuple([words(200), z.uuid()]);

export class SchoolsAsOf extends Query<SchoolsAnswer> {
  constructor(
    readonly districtId: string,
    readonly asked: z.infer<typeof questionSchema>,
  ) {
    super();
  }
}

@QueryHandler(SchoolsAsOf)
export class SchoolsAsOfHandler implements IQueryHandler<SchoolsAsOf> {
  constructor(private readonly snapshots: Snapshots) {}

  execute({ districtId, asked: { q, limit, after, ...asked } }: SchoolsAsOf): Promise<SchoolsAnswer> {
    const place = placeIn(after, cursorSchema);
    const page = { district: districtId, q, limit, after: place && { name: place[0], schoolId: place[1] } };
    const district = (session: SqlSession) => requireDistrict(session, districtId);
    return this.snapshots.read(asked.position, district, (snapshot, found) =>
      schoolsAsOf(snapshot.session, page, pointAsked(asked, found, snapshot)),
    );
  }
}

// HTTP

@Controller('api/districts/:districtId/schools')
export class SchoolsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ReadRoute('schools', 'The schools that were open on a date, by name, as we knew it on another', answerSchema)
  schools(
    @Param({ schema: districtPathSchema }) { districtId }: DistrictPath,
    @QueryParameters({ schema: questionSchema }) asked: z.infer<typeof questionSchema>,
  ): Promise<SchoolsAnswer> {
    return this.queries.execute(new SchoolsAsOf(districtId, asked));
  }
}
