import { adoptionEventSchema, directoryEventSchema } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import { typesOf } from '@cairn/service-kit';

/** The types that the read models of this version understand. */
const knownTypes = [...typesOf(adoptionEventSchema), ...typesOf(directoryEventSchema)];

/**
 * The events in the log that came from a newer version than this one is. The log keeps them whole; the read models
 * cannot know what they mean, and whoever reads their figures has to be told.
 */
export class NewerEvents {
  private readonly counted = new Map<string, number>();
  private upTo = '0';
  private looking: Promise<void> | undefined;

  constructor(
    private readonly session: SqlSession,
    private readonly known: readonly string[] = knownTypes,
  ) {}

  /** What to tell of them, in words; undefined when there are none. */
  async tell(): Promise<string | undefined> {
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    await this.looking;
    if (this.counted.size === 0) return undefined;
    const types = [...this.counted].sort().map(([type, events]) => `${type} (${events})`);
    return `The log holds events that are newer than this version of the service, which its figures leave out: ${types.join(', ')}. Update it, then derive its read models anew.`;
  }

  /** Reads what was added to the log since the last look, which is never changed. */
  private async look(): Promise<void> {
    const rows = await this.session.query<{ type: string | null; events: number; up_to: string }>(
      `WITH head AS (SELECT log_position FROM received_head WHERE one = 1)
       SELECT n.type, coalesce(n.events, 0) AS events, head.log_position::text AS up_to FROM head LEFT JOIN (
         SELECT type, count(*)::int AS events FROM received_event, head
         WHERE received_event.log_position > $1 AND received_event.log_position <= head.log_position AND type <> ALL($2::text[])
         GROUP BY type) n ON true`,
      [this.upTo, this.known],
    );
    for (const { type, events } of rows) if (type !== null) this.counted.set(type, (this.counted.get(type) ?? 0) + events);
    this.upTo = rows[0]?.up_to ?? this.upTo;
  }
}
