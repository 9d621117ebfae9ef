import type { Recorded } from '@cairn/decider';
import type { SqlSession } from '@cairn/event-bus';
import { Caller, FreshReadModels, minPositionSchema, pageSchema, placeIn, queryOn, slugSchema } from '@cairn/service-kit';
import type { Principal } from '@cairn/service-kit';
import { Controller, Get, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';

import type { District, DistrictEvent } from '../district/district.js';
import type { Page } from './page.js';
import { pageOf } from './page.js';

// Projection

export const districtDdl = `CREATE TABLE district (
  district_id text PRIMARY KEY, name text NOT NULL, time_zone text NOT NULL, school_year_first_month int NOT NULL, sample boolean NOT NULL)`;

export const projectDistrict = async ({ data }: Recorded<DistrictEvent>, session: SqlSession): Promise<void> => {
  await session.query(`INSERT INTO district VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, [
    data.districtId,
    data.name,
    data.timeZone,
    data.schoolYearFirstMonth,
    data.sample === true,
  ]);
};

// Query

export type ListedDistrict = Omit<District, 'sample'> & { readonly sample: boolean };

export class ListDistricts extends Query<Page<ListedDistrict>> {
  constructor(
    readonly visible: Principal['districts'],
    readonly limit: number,
    readonly after: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(ListDistricts)
export class ListDistrictsHandler implements IQueryHandler<ListDistricts> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly fresh: FreshReadModels,
  ) {}

  /** @throws a 503 problem while the read model is being derived anew: half of it would be told as the whole */
  async execute({ visible, limit, after }: ListDistricts): Promise<Page<ListedDistrict>> {
    await this.fresh.requireFresh();
    const rows = await queryOn(this.dataSource).query<ListedDistrict>(
      `SELECT district_id AS "districtId", name, time_zone AS "timeZone", school_year_first_month AS "schoolYearFirstMonth", sample
       FROM district WHERE ($1::text[] IS NULL OR district_id = ANY($1)) AND district_id > $2
       ORDER BY district_id LIMIT $3`,
      [visible === '*' ? null : visible, after ?? '', limit + 1],
    );
    return pageOf(rows, limit, ({ districtId }) => districtId);
  }
}

// HTTP

const questionSchema = z.strictObject({ ...pageSchema, ...minPositionSchema });
const answerSchema = z.object({
  items: z.array(z.object({ districtId: z.string(), name: z.string(), timeZone: z.string(), schoolYearFirstMonth: z.int(), sample: z.boolean() })),
  next: z.string().optional(),
});

@ApiTags('districts')
@Controller('api/districts')
export class DistrictsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'The districts that the caller can see' })
  @ApiResponse({ status: 200, schema: z.toJSONSchema(answerSchema) as object })
  districts(
    @QueryParameters({ schema: questionSchema }) { limit, after }: z.infer<typeof questionSchema>,
    @Caller() caller: Principal,
  ): Promise<Page<ListedDistrict>> {
    return this.queries.execute(new ListDistricts(caller.districts, limit, placeIn(after, slugSchema)));
  }
}
