import type { AnyPublicEvent } from '@cairn/contracts';
import { goAlong } from '@cairn/event-bus';
import type { Sending, SqlSession } from '@cairn/event-bus';
import { cursorOf, minPositionSchema, pageSchema, placeIn, problems, schoolIdSchema, slugSchema } from '@cairn/service-kit';
import type { Projection } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import type { ReceivedEvent } from '../log/received-event.js';
import { ReadRoute } from './answers.js';
import { asking, districtPathSchema } from './asking.js';
import { Snapshots } from './snapshots.js';
import type { Find, Snapshot } from './snapshots.js';

// Projection: which events are about a school, and what they correct. What they say stays in the log.

const schoolEventDdl = `
CREATE TABLE school_event (
  log_from bigint PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  district text NOT NULL,
  school_id uuid NOT NULL,
  initiative_id text,
  recorded_at timestamptz NOT NULL,
  corrects uuid
);`;

const schoolEventIndexes = `
CREATE INDEX ON school_event (school_id, recorded_at, log_from);
CREATE INDEX ON school_event (corrects, log_from) WHERE corrects IS NOT NULL;`;

/** Whatever else an event says, also one of a type that this version does not know. */
const aboutSchool = z.object({
  schoolId: z.uuid(),
  initiativeId: z.string().optional(),
  correctsEventId: z.uuid().optional(),
});

const rowsOf = ({ event, logPosition }: ReceivedEvent): readonly object[] => {
  const about = aboutSchool.safeParse(event.data);
  if (!about.success) return [];
  const { schoolId, initiativeId, correctsEventId } = about.data;
  const { id, district, recordedat } = event;
  return [
    {
      log_from: logPosition,
      event_id: id,
      district,
      school_id: schoolId,
      initiative_id: initiativeId,
      recorded_at: recordedat,
      corrects: correctsEventId,
    },
  ];
};

export const historyProjection: Projection<ReceivedEvent> = {
  name: 'history',
  tables: ['school_event'],
  ddl: schoolEventDdl,
  indexes: schoolEventIndexes,
  project: async (batch, session) => {
    const rows = batch.flatMap(rowsOf);
    if (rows.length === 0) return;
    goAlong(
      session,
      'cairn_add_school_event',
      `INSERT INTO school_event (log_from, event_id, district, school_id, initiative_id, recorded_at, corrects)
       SELECT log_from, event_id, district, school_id, initiative_id, recorded_at, corrects FROM json_to_recordset($1::json)
         AS e (log_from bigint, event_id uuid, district text, school_id uuid, initiative_id text, recorded_at timestamptz, corrects uuid)`,
      [JSON.stringify(rows)],
    );
  },
};

// Query

const itemSchema = z.object({
  eventId: z.uuid(),
  type: z.string(),
  initiativeId: z.string().optional(),
  version: z.int(),
  occurredAt: z.string(),
  recordedAt: z.string(),
  actor: z.string(),
  onBehalfOf: z.string().optional(),
  corrects: z.uuid().optional().describe('The event that this one corrects or withdraws'),
  correctedBy: z.uuid().optional().describe('The newest event that corrects or withdraws this one'),
  data: z.unknown(),
});
const answerSchema = z.object({ items: z.array(itemSchema), next: z.string().optional() });
export type HistoryItem = z.infer<typeof itemSchema>;
export type HistoryAnswer = z.infer<typeof answerSchema>;

export interface HistoryAsked {
  readonly district: string;
  readonly schoolId: string;
  readonly initiativeId?: string | undefined;
  /** The place in the log of the last event of the page before, exclusive. */
  readonly after?: number | undefined;
  readonly limit: number;
  /** The log up to here. */
  readonly position: number;
}

interface HistoryRow {
  readonly place: string;
  readonly event: AnyPublicEvent;
  readonly initiative_id: string | null;
  readonly corrects: string | null;
  readonly corrected_by: string | null;
}

const itemOf = ({ event, initiative_id, corrects, corrected_by }: HistoryRow): HistoryItem => ({
  eventId: event.id,
  type: event.type,
  ...(initiative_id === null ? {} : { initiativeId: initiative_id }),
  version: event.streamversion,
  occurredAt: event.time,
  recordedAt: event.recordedat,
  actor: event.actor,
  ...(event.onbehalfof === undefined ? {} : { onBehalfOf: event.onbehalfof }),
  ...(corrects === null ? {} : { corrects }),
  ...(corrected_by === null ? {} : { correctedBy: corrected_by }),
  data: event.data,
});

const behindPage = 'AND (e.recorded_at, e.log_from) > (SELECT a.recorded_at, a.log_from FROM school_event a WHERE a.log_from = $6)';

/**
 * Every event about a school in the order of recording, those of one millisecond in the order of receipt. It is one statement,
 * which may be the last of its transaction.
 */
export const historyOf = async (
  session: SqlSession,
  { district, schoolId, initiativeId, after, limit, position }: HistoryAsked,
  sending: Pick<Sending, 'last'> = {},
): Promise<HistoryAnswer> => {
  // Two statements, because a prepared one that holds for both would walk from the first event to every page.
  const [name, behind] = after === undefined ? ['history_of_school', ''] : ['history_of_school_behind', behindPage];
  const rows = await session.query<HistoryRow>(
    `SELECT e.log_from::text AS place, r.event, e.initiative_id, e.corrects,
       (SELECT c.event_id FROM school_event c WHERE c.corrects = e.event_id AND c.log_from <= $4
        ORDER BY c.log_from DESC LIMIT 1) AS corrected_by
     FROM school_event e JOIN received_event r ON r.log_position = e.log_from
     WHERE e.school_id = $1 AND e.district = $2 AND ($3::text IS NULL OR e.initiative_id = $3) AND e.log_from <= $4 ${behind}
     ORDER BY e.recorded_at, e.log_from LIMIT $5::int + 1`,
    [schoolId, district, initiativeId ?? null, position, limit, ...(after === undefined ? [] : [after])],
    { name, ...sending },
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(itemOf), ...(rows.length > limit && last ? { next: cursorOf(Number(last.place)) } : {}) };
};

/** @throws a 404 problem */
const requireSchool = async (session: SqlSession, district: string, schoolId: string, sending: Pick<Sending, 'withNext'> = {}): Promise<void> => {
  const rows = await session.query(
    'SELECT 1 FROM school_event WHERE school_id = $1 AND district = $2 LIMIT 1',
    [schoolId, district],
    { name: 'school_of_reader', ...sending },
  );
  if (rows.length === 0) throw problems.notFound(`District "${district}" has no school "${schoolId}".`);
};

const pathSchema = districtPathSchema.extend({ schoolId: schoolIdSchema });
const questionSchema = z.strictObject({ initiative: slugSchema.optional(), position: asking.position, ...pageSchema, ...minPositionSchema });

export class HistoryOfSchool extends Query<HistoryAnswer> {
  constructor(
    readonly path: z.infer<typeof pathSchema>,
    readonly asked: z.infer<typeof questionSchema>,
  ) {
    super();
  }
}

@QueryHandler(HistoryOfSchool)
export class HistoryOfSchoolHandler implements IQueryHandler<HistoryOfSchool> {
  constructor(private readonly snapshots: Snapshots) {}

  execute({ path, asked }: HistoryOfSchool): Promise<HistoryAnswer> {
    const { districtId: district, schoolId } = path;
    const after = placeIn(asked.after, z.int().min(1));
    const school: Find<void> = (session, sending) => requireSchool(session, district, schoolId, sending);
    const page = { district, schoolId, initiativeId: asked.initiative, after, limit: asked.limit };
    const at = ({ session, position }: Snapshot) => historyOf(session, { ...page, position }, { last: true });
    return asked.position === undefined ? this.snapshots.readNow(school, at) : this.snapshots.read(asked.position, school, at);
  }
}

// HTTP

@Controller('api/districts/:districtId/schools/:schoolId/history')
export class HistoryController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ReadRoute('schools', 'Everything on record about a school, in the order of recording', answerSchema)
  history(
    @Param({ schema: pathSchema }) path: z.infer<typeof pathSchema>,
    @QueryParameters({ schema: questionSchema }) asked: z.infer<typeof questionSchema>,
  ): Promise<HistoryAnswer> {
    return this.queries.execute(new HistoryOfSchool(path, asked));
  }
}
