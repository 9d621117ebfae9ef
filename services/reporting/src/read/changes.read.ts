import { stageSchema } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import { cursorOf, dateOrInstantSchema, minPositionSchema, pageSchema, placeIn, problems, slugSchema, whenRead } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { changeClasses } from '../changes/change.js';
import type { ChangeClass, Span } from '../changes/change.js';
import { comparePoints } from './compare-points.js';
import type { Comparison } from './compare-points.js';
import { ReadRoute } from './answers.js';
import { asking, districtPathSchema, recordedAsAsked, requireInitiative } from './asking.js';
import type { DistrictPath, KnownDistrict } from './asking.js';
import { Snapshots } from './snapshots.js';
import { stageTotalsSchema, statusSchema, statusTotalsSchema } from './totals.js';

// Query: over the tables of `adoption.read.ts`, `schools.read.ts` and `history.read.ts`

const standingSchema = z.object({ name: z.string(), stage: stageSchema.nullable(), status: statusSchema });
const itemSchema = z.object({
  schoolId: z.uuid(),
  name: z.string(),
  class: z.enum(changeClasses),
  before: standingSchema.nullable().describe('Null: not open'),
  after: standingSchema.nullable().describe('Null: not open'),
  events: z.array(z.object({ eventId: z.uuid(), type: z.string(), occurredAt: z.string(), recordedAt: z.string() })),
});
const figuresSchema = z.object({ totals: stageTotalsSchema, statuses: statusTotalsSchema });
const answerSchema = z.object({
  from: z.string(),
  to: z.string(),
  recordedFrom: z.string(),
  recordedTo: z.string(),
  position: z.string(),
  before: figuresSchema,
  after: figuresSchema,
  classes: z.record(z.enum(changeClasses), z.int()).describe('How many changes of each class there are, on all pages'),
  items: z.array(itemSchema).describe('By school; the changes of one school follow each other'),
  next: z.string().optional(),
});
export type ChangesAnswer = z.infer<typeof answerSchema>;

const questionSchema = z.strictObject({
  initiative: slugSchema,
  from: dateOrInstantSchema.describe('The first point: as it was on'),
  to: dateOrInstantSchema.optional().describe('The second point: as it was on; default: now'),
  recordedFrom: dateOrInstantSchema.optional().describe('The first point: as we knew it on; default: as it was known on its own date'),
  recordedTo: dateOrInstantSchema.optional().describe('The second point: as we knew it on; default: now'),
  position: asking.position,
  ...pageSchema,
  ...minPositionSchema,
});
type Asked = z.infer<typeof questionSchema>;

const requireOrder = (earlier: string, later: string, field: string): void => {
  if (earlier <= later) return;
  throw problems.badInput('The first point comes after the second.', [{ field, detail: `Give a time from ${earlier} on` }]);
};

const spanAsked = (asked: Asked, district: KnownDistrict, now: string): Span => {
  const from = whenRead(asked.from, district.timeZone);
  const to = asked.to === undefined ? now : whenRead(asked.to, district.timeZone);
  const recordedFrom = recordedAsAsked(asked.recordedFrom ?? from, district, now);
  const recordedTo = recordedAsAsked(asked.recordedTo, district, now);
  requireOrder(from, to, 'to');
  requireOrder(recordedFrom, recordedTo, 'recordedTo');
  return { from, to, recordedFrom, recordedTo };
};

const counted = ({ changes }: Comparison): Record<ChangeClass, number> => {
  const counts = Object.fromEntries(changeClasses.map((name) => [name, 0])) as Record<ChangeClass, number>;
  for (const change of changes) counts[change.class] += 1;
  return counts;
};

const cursorSchema = z.object({ position: z.int().min(0), skip: z.int().min(1) });

export class ChangesBetween extends Query<ChangesAnswer> {
  constructor(
    readonly districtId: string,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(ChangesBetween)
export class ChangesBetweenHandler implements IQueryHandler<ChangesBetween> {
  constructor(private readonly snapshots: Snapshots) {}

  execute({ districtId, asked }: ChangesBetween): Promise<ChangesAnswer> {
    const place = placeIn(asked.after, cursorSchema);
    // Later pages are cut from the same comparison as the first, whatever was received in between.
    const pinned = place ? `reporting:${place.position}` : asked.position;
    const found = (session: SqlSession) => requireInitiative(session, districtId, asked.initiative);
    return this.snapshots.read(pinned, found, async ({ session, position, now }, district) => {
      const span = spanAsked(asked, district, now);
      const comparison = await comparePoints(session, districtId, asked.initiative, span, position);
      const skip = place?.skip ?? 0;
      const end = skip + asked.limit;
      const { before, after, changes } = comparison;
      return {
        ...span,
        position: `reporting:${position}`,
        before: { totals: before.totals, statuses: before.statuses },
        after: { totals: after.totals, statuses: after.statuses },
        classes: counted(comparison),
        items: changes.slice(skip, end).map((change) => ({ ...change, events: [...change.events] })),
        ...(changes.length > end ? { next: cursorOf({ position, skip: end }) } : {}),
      };
    });
  }
}

// HTTP

@Controller('api/districts/:districtId/adoption/changes')
export class ChangesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ReadRoute('adoption', 'Why the district at one point differs from the district at another, change by change', answerSchema)
  changes(
    @Param({ schema: districtPathSchema }) { districtId }: DistrictPath,
    @QueryParameters({ schema: questionSchema }) asked: Asked,
  ): Promise<ChangesAnswer> {
    return this.queries.execute(new ChangesBetween(districtId, asked));
  }
}
