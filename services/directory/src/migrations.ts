import { checkpointDdl, tablesDdl } from '@cairn/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { importDdl } from './log/import-log.js';
import { directoryProjection } from './read/directory-projection.js';

export class CreateDirectory1700000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const ddl of [checkpointDdl, tablesDdl(directoryProjection), importDdl]) await runner.query(ddl);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE roster_import, school, initiative, district, projection_checkpoint');
  }
}

/** Checkpoints of one generation become those of several; of a database that is new they were from the start. */
export class Generations1700000000201 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(checkpointDdl);
  }

  async down(): Promise<void> {
    throw new Error('Migrations are not taken back');
  }
}

export const migrations = [CreateDirectory1700000000200, Generations1700000000201];
