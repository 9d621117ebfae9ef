import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import type { TestDatabase } from '@cairn/embedded-postgres/testing';
import type { EventStore } from '@cairn/event-store';
import { openPlatform, ProjectionRunner, projectionDatabaseOn, provisionDatabase, storeSource } from '@cairn/service-kit';
import type { Platform } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';

import { defineDistrict } from '../testing/define-district.js';
import { stateHeader } from '../testing/roster-arbitraries.js';
import { ImportLog } from '../log/import-log.js';
import { ImportTurns } from '../log/import-turns.js';
import { migrations } from '../migrations.js';
import { DirectoryNow } from '../read/directory-now.js';
import { directoryProjection } from '../read/directory-projection.js';
import { RosterRecorder } from './record-roster.js';
import type { ImportOutcome, RosterOrder } from './roster-imports.js';
import { RosterImports } from './roster-imports.js';
import { rosterStream } from './roster.js';

/** The process dies: what was appended is stored, the rest is not, and nobody is told. */
class Died extends Error {}

/** A store whose appends end after a number of them, as if the process had been killed there. */
const dyingAfter = (store: EventStore, appends: number): EventStore => {
  let left = appends;
  return new Proxy(store, {
    get: (target, member) => {
      if (member === 'append') {
        return (...given: Parameters<EventStore['append']>) => {
          left -= 1;
          return left < 0 ? Promise.reject(new Died()) : target.append(...given);
        };
      }
      const value: unknown = Reflect.get(target, member, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
};

let database: TestDatabase;
let platform: Platform;
let projection: ProjectionRunner<Parameters<typeof directoryProjection.project>[0][number]>;

beforeAll(async () => {
  database = await testDatabase();
  await provisionDatabase(database.url, ['directory']);
  const config = { databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity: testIdentity().identity } as const;
  platform = await openPlatform('directory', config, { migrations });
  projection = new ProjectionRunner(directoryProjection, storeSource(platform.store), projectionDatabaseOn(platform.dataSource), platform.logger);
  await projection.start();
});
afterAll(async () => {
  await projection.stop();
  await platform.close();
  await database.drop();
});

const importsOver = (store: EventStore): RosterImports => {
  const { dataSource, runner } = platform;
  const now = new DirectoryNow(platform.store, dataSource, runner, projection);
  const recorder = new RosterRecorder(store, runner);
  return new RosterImports(platform.store, runner, now, recorder, new ImportLog(dataSource), new ImportTurns(dataSource));
};

const file = (rows: readonly string[]): Buffer => Buffer.from([stateHeader, ...rows.map((row) => `0190,D,${row}`)].join('\n'));
const order = (districtId: string, rows: readonly string[], more: Partial<RosterOrder> = {}): RosterOrder => ({
  districtId,
  mode: 'apply',
  effective: '2024-08-01',
  confirmClosing: undefined,
  file: file(rows),
  meta: { actor: 'person-operator', correlationId: 'test' },
  ...more,
});

const told = async (districtId: string) =>
  (await platform.store.readStream(rosterStream(districtId))).map(({ data }) => data as Record<string, unknown>);
const groupsOf = (outcome: ImportOutcome) => {
  if (outcome.outcome === 'rejected') return outcome.rejection;
  const { opened, renamed, changed, unchanged, closingCandidates, closed, rejected } = outcome.answer;
  const named = [opened, renamed, changed, closingCandidates].map((group) => group.map(({ name }) => name));
  return { opened: named[0], renamed: named[1], changed: named[2], closingCandidates: named[3], unchanged, closed, rejected };
};

const first = ['1,Amqui,2024,1', '2,Una,2024,2', '3,Cole,2024,3', '4,Dodson,2024,4'];
const second = ['1,Amqui Academy,2024,1', '5,Eakin,2024,5', '6,Gower,2024,6'];
const closing = { effective: '2025-08-01', confirmClosing: 3 } as const;

describe('an import that is cut off', () => {
  let whole: object;
  beforeAll(async () => {
    await defineDistrict(platform.store, 'whole');
    await importsOver(platform.store).import(order('whole', first));
    whole = groupsOf(await importsOver(platform.store).import(order('whole', second, closing)));
    expect(whole).toMatchObject({ closed: 3, opened: ['Eakin', 'Gower'], closingCandidates: ['Cole', 'Dodson', 'Una'] });
  });

  // Two opened, one renamed, three closed, and the import itself: seven appends.
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('after %i of seven appends is finished by sending the file again, and answers as if it had not been', async (appends) => {
    const districtId = `cut-${appends}`;
    await defineDistrict(platform.store, districtId);
    await importsOver(platform.store).import(order(districtId, first));
    const asked = order(districtId, second, closing);
    const cut = importsOver(dyingAfter(platform.store, appends)).import(asked);
    if (appends < 7) await expect(cut).rejects.toThrow(Died);
    else await cut;

    expect(groupsOf(await importsOver(platform.store).import(asked))).toMatchObject(
      appends < 7 ? whole : { opened: [], renamed: [], closingCandidates: [], unchanged: 3 },
    );
    expect(await told(districtId)).toMatchObject([{ opened: 4 }, { opened: 2, renamed: 1, closed: 3, unchanged: 0 }]);
    const page = await platform.store.readAll({ filter: { streamPrefix: 'directory.school-' }, limit: 4_096 });
    const facts = page.events.filter(({ district }) => district === districtId).map(({ type }) => type);
    expect(facts.toSorted()).toEqual(
      [
        ...Array<string>(6).fill('SchoolOpened'),
        'SchoolRenamed',
        ...Array<string>(3).fill('SchoolClosed'),
        ...Array<string>(3).fill('ExternalIdReleased'),
      ].toSorted(),
    );
  });

  test('is told of once, also when it died between its last fact and the answer', async () => {
    await defineDistrict(platform.store, 'unanswered');
    const asked = order('unanswered', first);
    await importsOver(platform.store).import(asked);
    await platform.dataSource.query(`UPDATE roster_import SET done = false WHERE district_id = 'unanswered'`);
    expect(groupsOf(await importsOver(platform.store).import(asked))).toMatchObject({ opened: ['Amqui', 'Una', 'Cole', 'Dodson'] });
    expect(await told('unanswered')).toHaveLength(1);
  });
});

describe('an import that is undone by a later one', () => {
  test('can be made again, and is told of again', async () => {
    await defineDistrict(platform.store, 'back-and-forth');
    const imports = importsOver(platform.store);
    await imports.import(order('back-and-forth', first));
    await imports.import(order('back-and-forth', ['1,Amqui Academy,2024,1', ...first.slice(1)]));
    const again = await imports.import(order('back-and-forth', first));
    expect(again).toMatchObject({ answer: { renamed: [{ from: 'Amqui Academy', to: 'Amqui' }], unchanged: 3 } });
    expect(await told('back-and-forth')).toMatchObject([{ opened: 4 }, { renamed: 1 }, { renamed: 1 }]);
  });
});
