import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { PlatformUnderTest } from './platform-under-test.js';
import { idOf } from './platform-under-test.js';

interface AdoptionRow {
  readonly schoolId: string;
  readonly name: string;
  readonly stage: string | null;
  readonly status: string;
  readonly since: string | null;
  readonly daysInStage: number | null;
  readonly version: number;
  readonly eventId: string | null;
}
interface Adoption {
  readonly effective: string;
  readonly recorded: string;
  readonly position: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly schools: readonly AdoptionRow[];
}

/** The main job from end to end through the one door; it must not matter what stands behind it. */
export const mainJob = (on: string, start: () => Promise<PlatformUnderTest>): void => describe(`the main job, ${on}`, () => {
  let cairn: PlatformUnderTest;
  let amqui: string;
  const district = '/api/districts/main-job';
  const command = (name: string) => `${district}/schools/${amqui}/adoptions/blended-learning/${name}`;
  const adoption = async (query: string): Promise<Adoption> =>
    (await cairn.get(`${district}/adoption?initiative=blended-learning${query}`).expect(200)).body as Adoption;
  const amquiOf = (answer: Adoption) => answer.schools.find(({ schoolId }) => schoolId === amqui);

  beforeAll(async () => {
    cairn = await start();
    amqui = idOf(await cairn.district('main-job'), 'Amqui Elementary');
  }, 240_000);
  afterAll(() => cairn.stop());

  test('a fact that was recorded is on the district page at once, in the history, and in the store with its hash', async () => {
    const recorded = await cairn.post(command('start'), { occurredAt: '2025-03-03' }).expect(200);
    const answer = recorded.body as { position: string; version: number; events: { eventId: string; type: string }[] };
    const eventId = answer.events[0]?.eventId;
    expect(answer).toMatchObject({ version: 1, stream: `scaling-plan.adoption-${amqui}.blended-learning` });

    const now = await adoption(`&min-position=${answer.position}`);
    expect(now.totals).toMatchObject({ exploration: 1, 'not-started': 2 });
    expect(amquiOf(now)).toMatchObject({ stage: 'exploration', status: 'active', since: '2025-03-03T06:00:00.000Z', version: 1, eventId });

    const history = await cairn.get(`${district}/schools/${amqui}/history`).expect(200);
    expect((history.body as { items: object[] }).items).toContainEqual(
      expect.objectContaining({ eventId, version: 1, initiativeId: 'blended-learning', occurredAt: '2025-03-03T06:00:00.000Z', actor: 'operator-rivera' }),
    );
    const event = await cairn.get(`${district}/events/${eventId}`).expect(200);
    expect(event.body).toMatchObject({
      id: eventId,
      type: 'org.cairn.adoption.started.v1',
      scope: 'scaling-plan',
      version: 1,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('it is absent from the district of the day before', async () => {
    expect(amquiOf(await adoption('&effective=2025-03-02'))).toMatchObject({ stage: null, status: 'not-started', since: null });
    expect(amquiOf(await adoption('&effective=2025-03-03'))).toMatchObject({ stage: 'exploration', daysInStage: 0 });
  });

  test('a late fact and a correction change what is known now and not what was known then', async () => {
    const advanced = await cairn.post(command('advance-stage'), { occurredAt: '2025-09-01' }).expect(200);
    const believed = await adoption('&effective=2025-10-01');
    expect(amquiOf(believed)).toMatchObject({ stage: 'installation', since: '2025-09-01T05:00:00.000Z', daysInStage: 30 });

    const eventId = (advanced.body as { events: { eventId: string }[] }).events[0]?.eventId;
    const correction = { correctsEventId: eventId, reason: 'it was in November', occurredAt: '2025-11-03' };
    const corrected = await cairn.post(command('correct'), correction).expect(200);
    const correctionId = (corrected.body as { events: { eventId: string }[] }).events[0]?.eventId;

    expect(amquiOf(await adoption('&effective=2025-10-01'))).toMatchObject({ stage: 'exploration' });
    const asKnownThen = await adoption(`&effective=${believed.effective}&recorded=${believed.recorded}`);
    expect(asKnownThen).toEqual({ ...believed, position: asKnownThen.position });
    const repeated = await adoption(`&effective=${believed.effective}&recorded=${believed.recorded}&position=${believed.position}`);
    expect(repeated).toEqual(believed);

    const { body } = await cairn.get(`${district}/schools/${amqui}/history`).expect(200);
    const items = (body as { items: { eventId: string; corrects?: string; correctedBy?: string }[] }).items;
    expect(items.find((item) => item.eventId === eventId)?.correctedBy).toBe(correctionId);
    expect(items.find((item) => item.eventId === correctionId)?.corrects).toBe(eventId);
  });

  test('what changed between two points is classed, and the classes explain the difference', async () => {
    const query = 'initiative=blended-learning&from=2025-02-01&to=2025-12-31&recordedFrom=2025-02-01&recordedTo=2030-01-01';
    const { body } = await cairn.get(`${district}/adoption/changes?${query}`).expect(200);
    const changes = body as { before: { totals: Record<string, number> }; after: { totals: Record<string, number> }; items: { class: string; events: object[] }[] };
    expect(changes.after.totals).toMatchObject({ installation: 1, 'not-started': 2 });
    expect(changes.items.length).toBeGreaterThan(0);
    expect(changes.items.every((item) => item.events.length > 0 || item.class === 'opened')).toBe(true);
  });

  test('a school that was just imported can be written to at once', async () => {
    const file = `district_id,district_name,school_id,school_name,school_year_end,enrollment
0190,Metro,01900001,A. Z. Kelley Elementary,2024,645
0190,Metro,01900005,Alex Green Elementary,2024,413
0190,Metro,01900010,Amqui Elementary,2024,547
0190,Metro,01900099,New School,2024,100
`;
    const imported = await cairn.csv(`${district}/roster-imports?mode=apply&effective=2025-08-01`, file).expect(200);
    const [opened] = (imported.body as { opened: { schoolId: string; name: string }[] }).opened;
    expect(opened?.name).toBe('New School');
    await cairn.post(`${district}/schools/${opened?.schoolId}/adoptions/blended-learning/start`, { occurredAt: '2025-08-04' }).expect(200);
  });

  test('the document of the whole platform is one', async () => {
    const { body } = await cairn.get('/api/openapi.json').expect(200);
    const document = body as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/districts',
        '/api/districts/{districtId}/roster-imports',
        '/api/districts/{districtId}/adoption',
        '/api/districts/{districtId}/schools/{schoolId}/adoptions/{initiativeId}/advance-stage',
        '/api/health/ready',
      ]),
    );
  });
});
