import { anyPublicEventSchema } from '@cairn/contracts';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import { minPositionSchema, problems } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { ReadRoute } from './answers.js';
import { districtPathSchema } from './asking.js';
import { Snapshots } from './snapshots.js';

// Query: one event, straight out of the log

const answerSchema = anyPublicEventSchema.extend({ scope: z.string(), version: z.int() });

/** An event as it was received, with the words that the rest of the API uses for its place on record. */
export type EventAnswer = z.infer<typeof answerSchema>;

/** The event, or undefined when the district has none with this id. */
export const eventById = async (session: SqlSession, district: string, eventId: string): Promise<EventAnswer | undefined> => {
  const [row] = await session.query<{ event: AnyPublicEvent; scope: string }>(
    'SELECT event, scope FROM received_event WHERE event_id = $1 AND district = $2',
    [eventId, district],
  );
  return row && { ...row.event, scope: row.scope, version: row.event.streamversion };
};

const pathSchema = districtPathSchema.extend({ eventId: z.string().min(1).max(64) });
const questionSchema = z.strictObject(minPositionSchema);

export class ReceivedEventById extends Query<EventAnswer> {
  constructor(readonly path: z.infer<typeof pathSchema>) {
    super();
  }
}

@QueryHandler(ReceivedEventById)
export class ReceivedEventByIdHandler implements IQueryHandler<ReceivedEventById> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({ path: { districtId, eventId } }: ReceivedEventById): Promise<EventAnswer> {
    const isId = z.uuid().safeParse(eventId).success;
    const byId = (session: SqlSession) => eventById(session, districtId, eventId);
    const event = isId ? await this.snapshots.read(undefined, byId, (_snapshot, found) => found) : undefined;
    if (!event) throw problems.notFound(`District "${districtId}" has no event "${eventId}".`);
    return event;
  }
}

// HTTP

@Controller('api/districts/:districtId/events/:eventId')
export class ReceivedEventController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ReadRoute('events', 'One event as it was received, with its place on record and its hash', answerSchema)
  event(
    @Param({ schema: pathSchema }) path: z.infer<typeof pathSchema>,
    @QueryParameters({ schema: questionSchema }) _asked: z.infer<typeof questionSchema>,
  ): Promise<EventAnswer> {
    return this.queries.execute(new ReceivedEventById(path));
  }
}
