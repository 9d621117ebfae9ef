import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';

import { projections } from './testing/project-log.js';
import { largeHistory } from './testing/lawful-history.js';
import { Publisher } from './testing/public-events.js';
import { runReporting } from './testing/running-reporting.js';
import type { RunningReporting } from './testing/running-reporting.js';

const names = projections.map(({ name }) => name);
const district = '/api/districts/mnps';

interface Status {
  readonly name: string;
  readonly generation: number;
  readonly building?: object;
}

describe('a rebuild of every read model while the district is read and written', () => {
  let reporting: RunningReporting;
  let database: DataSource;
  const publisher = new Publisher();
  const history = largeHistory(1_200, 20, 11);
  const [before, later] = [history.slice(0, 700), history.slice(700)];

  beforeAll(async () => {
    reporting = await runReporting();
    database = await new DataSource({ type: 'postgres', url: reporting.databaseUrl }).initialize();
    const seen = await reporting.publish(publisher.districtRegistered(), publisher.initiativeDefined(), ...before);
    expect((await reporting.get(`${district}/schools?min-position=${seen}`)).status).toBe(200);
  }, 60_000);
  afterAll(async () => {
    await database.destroy();
    await reporting.close();
  });

  const statuses = async (): Promise<readonly Status[]> =>
    (await reporting.get('/api/services/reporting/read-models')).body['items'] as readonly Status[];
  const serve = (generation: number): Promise<unknown> =>
    eventually(`generation ${generation} of each is read`, async () =>
      (await statuses()).every((status) => status.generation === generation && status.building === undefined), 60_000);
  const askAll = async (what: 'rebuild' | 'go-back', status: number): Promise<void> => {
    for (const name of names) expect((await reporting.post(`/api/services/reporting/read-models/${name}/${what}`)).status).toBe(status);
  };

  /** What the migrations or a rebuild made: columns, constraints and indexes, by their names. */
  const shape = async (): Promise<readonly string[]> => {
    const rows = await database.query<readonly { part: string }[]>(
      `SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, ordinal_position) AS part FROM information_schema.columns
         WHERE table_schema = 'reporting' AND table_name = ANY($1)
       UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'reporting' AND tablename = ANY($1)
       UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text = ANY(
         SELECT 'reporting.' || t FROM unnest($1::text[]) t)
       ORDER BY 1`,
      [projections.flatMap(({ tables }) => tables)],
    );
    return rows.map(({ part }) => part);
  };

  test('fails no read and contradicts none, ends with the same rows and shape, and so does going back', async () => {
    const asMigrated = await shape();
    const stopping = new AbortController();
    const told: { readonly position: number; readonly schools: number; readonly listed: number; readonly version: number }[] = [];
    const read = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const answer = await reporting.get(`${district}/adoption?initiative=blended-learning&effective=2030-01-01`);
        if (answer.status !== 200) throw new Error(`A read was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
        const position = String(answer.body['position']);
        const schools = answer.body['schools'] as readonly { version: number }[];
        const totals = Object.values(answer.body['totals'] as Record<string, number>).reduce((sum, n) => sum + n, 0);
        told.push({
          position: Number(position.slice('reporting:'.length)),
          schools: schools.length,
          listed: totals,
          version: schools.reduce((sum, { version }) => sum + version, 0),
        });
      }
    };
    const readers = [read(), read(), read()];
    const writing = (async () => {
      for (let n = 0; n < later.length; n += 20) await reporting.publish(...later.slice(n, n + 20));
    })();
    await askAll('rebuild', 202);
    await serve(2);
    await askAll('go-back', 200);
    await serve(1);
    await askAll('rebuild', 202);
    await serve(3);
    await writing;
    stopping.abort();
    await Promise.all(readers);

    expect(told.length).toBeGreaterThan(20);
    for (const { schools, listed } of told) expect(listed).toBe(schools);
    // At one position every answer is the same, and at none of them a school lacks.
    const sorted = [...told].sort((a, b) => a.position - b.position || a.version - b.version);
    for (const [index, answer] of sorted.entries()) {
      const earlier = sorted[index - 1] ?? answer;
      if (earlier.position === answer.position) expect(answer).toEqual(earlier);
    }
    expect(await shape()).toEqual(asMigrated);
    expect(await statuses()).toEqual(
      names.map((name) => expect.objectContaining({ name, canGoBack: true, lastRebuild: expect.objectContaining({ rowsDiffer: 0 }) })),
    );
  }, 120_000);
});
