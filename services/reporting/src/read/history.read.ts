import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import type { Projection } from '@cairn/service-kit';
import { z } from 'zod';

import type { ReceivedEvent } from '../log/received-event.js';

// Projection: which events are about a school, and what they correct. What they say stays in the log.

export const schoolEventDdl = `
CREATE TABLE school_event (
  log_from bigint PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  district text NOT NULL,
  school_id uuid NOT NULL,
  initiative_id text,
  recorded_at timestamptz NOT NULL,
  corrects uuid
);
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
  return [{
    log_from: logPosition, event_id: id, district, school_id: schoolId, initiative_id: initiativeId, recorded_at: recordedat, corrects: correctsEventId,
  }];
};

export const historyProjection: Projection<ReceivedEvent> = {
  name: 'history',
  project: async (batch, session) => {
    await session.query(
      `INSERT INTO school_event (log_from, event_id, district, school_id, initiative_id, recorded_at, corrects)
       SELECT log_from, event_id, district, school_id, initiative_id, recorded_at, corrects FROM json_to_recordset($1::json)
         AS e (log_from bigint, event_id uuid, district text, school_id uuid, initiative_id text, recorded_at timestamptz, corrects uuid)`,
      [JSON.stringify(batch.flatMap(rowsOf))],
    );
  },
  reset: async (session) => {
    await session.query('TRUNCATE school_event');
  },
};

// Query

export interface HistoryItem {
  readonly eventId: string;
  readonly type: string;
  readonly initiativeId?: string;
  readonly version: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly onBehalfOf?: string;
  /** The event that this one corrects or withdraws. */
  readonly corrects?: string;
  /** The newest event that corrects or withdraws this one. */
  readonly correctedBy?: string;
  readonly data: unknown;
}

export interface HistoryAsked {
  readonly district: string;
  readonly schoolId: string;
  readonly initiativeId?: string | undefined;
  /** The event of the page before, exclusive. */
  readonly after?: string | undefined;
  readonly limit: number;
}

interface HistoryRow {
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

/** Every event about a school in the order of recording, those of one millisecond in the order of receipt. */
export const historyOf = async (
  session: SqlSession,
  { district, schoolId, initiativeId, after, limit }: HistoryAsked,
): Promise<{ readonly items: readonly HistoryItem[]; readonly next?: string }> => {
  const rows = await session.query<HistoryRow>(
    `SELECT r.event, e.initiative_id, e.corrects, (
       SELECT c.event_id FROM school_event c WHERE c.corrects = e.event_id ORDER BY c.log_from DESC LIMIT 1) AS corrected_by
     FROM school_event e JOIN received_event r ON r.log_position = e.log_from
     WHERE e.school_id = $1 AND e.district = $2 AND ($3::text IS NULL OR e.initiative_id = $3)
       AND ($4::uuid IS NULL OR (e.recorded_at, e.log_from) >
         (SELECT a.recorded_at, a.log_from FROM school_event a WHERE a.event_id = $4 AND a.school_id = $1))
     ORDER BY e.recorded_at, e.log_from LIMIT $5 + 1`,
    [schoolId, district, initiativeId ?? null, after ?? null, limit],
  );
  const items = rows.slice(0, limit).map(itemOf);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last ? { next: last.eventId } : {}) };
};
