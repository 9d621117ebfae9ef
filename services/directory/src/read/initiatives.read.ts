import type { Recorded } from '@cairn/decider';
import type { SqlSession } from '@cairn/event-bus';
import { FreshReadModels, minPositionSchema, pageSchema, placeIn, problems, queryOn, slugInPathSchema, slugSchema } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';

import type { Initiative, InitiativeEvent } from '../initiative/initiative.js';
import type { Page } from './page.js';
import { pageOf } from './page.js';

// Projection

export const initiativeDdl = `CREATE TABLE initiative (
  district_id text, initiative_id text, name text NOT NULL, description text NOT NULL, fidelity_cut double precision NOT NULL,
  PRIMARY KEY (district_id, initiative_id))`;

export const projectInitiative = async (
  districtId: string,
  { data }: Recorded<InitiativeEvent>,
  session: SqlSession,
): Promise<void> => {
  await session.query(`INSERT INTO initiative VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, [
    districtId,
    data.initiativeId,
    data.name,
    data.description,
    data.fidelityCut,
  ]);
};

// Query

export class ListInitiatives extends Query<Page<Initiative> | undefined> {
  constructor(
    readonly districtId: string,
    readonly limit: number,
    readonly after: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(ListInitiatives)
export class ListInitiativesHandler implements IQueryHandler<ListInitiatives> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly fresh: FreshReadModels,
  ) {}

  /** Undefined: there is no such district. @throws a 503 problem while the read model is being derived anew */
  async execute({ districtId, limit, after }: ListInitiatives): Promise<Page<Initiative> | undefined> {
    await this.fresh.requireFresh();
    const session = queryOn(this.dataSource);
    const known = await session.query('SELECT 1 FROM district WHERE district_id = $1', [districtId]);
    if (known.length === 0) return undefined;
    const rows = await session.query<Initiative>(
      `SELECT initiative_id AS "initiativeId", name, description, fidelity_cut AS "fidelityCut"
       FROM initiative WHERE district_id = $1 AND initiative_id > $2 ORDER BY initiative_id LIMIT $3`,
      [districtId, after ?? '', limit + 1],
    );
    return pageOf(rows, limit, ({ initiativeId }) => initiativeId);
  }
}

// HTTP

const pathSchema = z.object({ districtId: slugInPathSchema });
const questionSchema = z.strictObject({ ...pageSchema, ...minPositionSchema });
const answerSchema = z.object({
  items: z.array(z.object({ initiativeId: z.string(), name: z.string(), description: z.string(), fidelityCut: z.number() })),
  next: z.string().optional(),
});

@ApiTags('initiatives')
@Controller('api/districts/:districtId/initiatives')
export class InitiativesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'The initiatives of a district' })
  @ApiResponse({ status: 200, schema: z.toJSONSchema(answerSchema) as object })
  @ApiResponse({ status: 404, description: 'There is no district of this id that the caller can see' })
  async initiatives(
    @Param({ schema: pathSchema }) { districtId }: z.infer<typeof pathSchema>,
    @QueryParameters({ schema: questionSchema }) { limit, after }: z.infer<typeof questionSchema>,
  ): Promise<Page<Initiative>> {
    const page = await this.queries.execute(new ListInitiatives(districtId, limit, placeIn(after, slugSchema)));
    if (!page) throw problems.notFound(`There is no district "${districtId}" that you can see.`);
    return page;
  }
}
