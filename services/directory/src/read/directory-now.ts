import { fold } from '@cairn/decider';
import type { RecordedEvent } from '@cairn/event-store';
import { EventStore } from '@cairn/event-store';
import { CommandRunner, PositionNotReachedError, ProjectionRunner, queryOn, readEvent, unavailable } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { District } from '../district/district.js';
import { districtCatalogue, districtStream, evolveDistrict } from '../district/district.js';
import type { School } from '../school/school.js';
import { knownSchools } from './known-schools.read.js';

const catchUp_ms = 10_000;

/** The directory at the head of its record: what decisions that span streams rest on. */
@Injectable()
export class DirectoryNow {
  constructor(
    private readonly store: EventStore,
    private readonly dataSource: DataSource,
    private readonly runner: CommandRunner,
    private readonly projection: ProjectionRunner<RecordedEvent>,
  ) {}

  /** Undefined: not registered. */
  async district(districtId: string): Promise<District | undefined> {
    const events = await this.runner.readWhole(districtStream(districtId));
    return fold(evolveDistrict, undefined, events.map((stored) => readEvent(districtCatalogue, stored)));
  }

  /** Every school that the district has ever had. @throws a 503 problem while the read model is being derived anew */
  async schools(districtId: string): Promise<readonly School[]> {
    try {
      await this.projection.waitFor(await this.store.head(), catchUp_ms);
    } catch (error) {
      if (!(error instanceof PositionNotReachedError)) throw error;
      throw unavailable('The directory is still reading its record. Nothing was changed; try again shortly.');
    }
    return knownSchools(queryOn(this.dataSource), districtId);
  }
}
