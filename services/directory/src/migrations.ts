import { checkpointDdl } from '@cairn/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { importDdl } from './log/import-log.js';
import { districtDdl } from './read/districts.read.js';
import { initiativeDdl } from './read/initiatives.read.js';
import { schoolDdl } from './read/known-schools.read.js';

export class CreateDirectory1700000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const ddl of [checkpointDdl, districtDdl, initiativeDdl, schoolDdl, importDdl]) await runner.query(ddl);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE roster_import, school, initiative, district, projection_checkpoint');
  }
}

export const migrations = [CreateDirectory1700000000200];
