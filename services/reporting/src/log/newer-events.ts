import { adoptionEventSchema, directoryEventSchema } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import { typesOf } from '@cairn/service-kit';

/** The types that the read models of this version understand. */
const knownTypes = [...typesOf(adoptionEventSchema), ...typesOf(directoryEventSchema)];

/** Of each type so many events are counted, and what is beyond is told as more. */
const countedMax = 1_000;

/** Types are few and events many: the index on types tells which there are by one probe for each. */
export const typesOfReceivedDdl = 'CREATE INDEX received_event_type ON received_event (type)';

const newerTypes = `
  WITH RECURSIVE present AS (
    (SELECT type FROM received_event ORDER BY type LIMIT 1)
    UNION ALL
    SELECT (SELECT later.type FROM received_event later WHERE later.type > present.type ORDER BY later.type LIMIT 1)
    FROM present WHERE present.type IS NOT NULL
  )
  SELECT present.type, (SELECT count(*)::int FROM (
    SELECT 1 FROM received_event one WHERE one.type = present.type LIMIT ${countedMax + 1}) few) AS events
  FROM present WHERE present.type <> ALL($1::text[]) ORDER BY present.type`;

/**
 * The events in the log that came from a newer version than this one is. The log keeps them whole; the read models
 * cannot know what they mean, and whoever reads their figures has to be told.
 */
export class NewerEvents {
  constructor(
    private readonly session: SqlSession,
    private readonly known: readonly string[] = knownTypes,
  ) {}

  /** What to tell of them, in words; undefined when there are none. What it costs does not grow with the log. */
  async tell(): Promise<string | undefined> {
    const found = await this.session.query<{ type: string; events: number }>(newerTypes, [this.known]);
    if (found.length === 0) return undefined;
    const types = found.map(({ type, events }) => `${type} (${events > countedMax ? `more than ${countedMax}` : events})`);
    return `The log holds events that are newer than this version of the service, which its figures leave out: ${types.join(', ')}. Update it, then derive its read models anew.`;
  }
}
