import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';

import { CreateDirectoryCopy1700000000100, DirectoryCopy } from './directory-copy.read.js';

describe('what a command has to know of the directory', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let dataSource: DataSource;
  let copy: DirectoryCopy;

  beforeAll(async () => {
    database = await testDatabase();
    dataSource = new DataSource({ type: 'postgres', url: database.url, migrations: [CreateDirectoryCopy1700000000100] });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.query(`INSERT INTO district_copy VALUES ('mnps', 'America/Chicago'), ('empty', 'America/Denver')`);
    await dataSource.query(`INSERT INTO school_copy VALUES ('mnps', 'open', '2020', NULL), ('mnps', 'closed', '2020', '2024')`);
    await dataSource.query(`INSERT INTO initiative_copy VALUES ('mnps', 'reading', 0), ('mnps', 'maths', 0.8)`);
    copy = new DirectoryCopy(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const district = { timeZone: 'America/Chicago' };
  const open = { openedAt: '2020', closedAt: undefined };
  const reading = { fidelityCut: 0 };

  test.each([
    ['all three', ['mnps', 'open', 'reading'], { district, school: open, initiative: reading }],
    ['a school that is closed', ['mnps', 'closed', 'maths'], { district, school: { openedAt: '2020', closedAt: '2024' }, initiative: { fidelityCut: 0.8 } }],
    ['no such school', ['mnps', 'nowhere', 'reading'], { district, school: undefined, initiative: reading }],
    ['no such initiative', ['mnps', 'open', 'none'], { district, school: open, initiative: undefined }],
    ['what belongs to another district', ['empty', 'open', 'reading'], { district: { timeZone: 'America/Denver' }, school: undefined, initiative: undefined }],
    ['no such district', ['none', 'open', 'reading'], { district: undefined, school: undefined, initiative: undefined }],
  ] as const)('%s', async (_name, [districtId, schoolId, initiativeId], known) => {
    expect(await copy.find(districtId, schoolId, initiativeId)).toEqual(known);
  });
});
