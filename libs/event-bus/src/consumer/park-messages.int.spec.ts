import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from '../event-bus.js';
import type { SqlSession } from '../sql-session.js';
import { consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { manyKeys, message, messages } from '../testing/messages.js';

describe('a consumer and what it cannot apply', () => {
  const fixture = consumerFixture();

  const poisonous = (bad: ReadonlySet<string>) => async (taken: readonly IncomingMessage[], session: SqlSession) => {
    await fixture().keep(taken, session);
    const poison = taken.find(({ id }) => bad.has(id));
    if (poison !== undefined) throw new RangeError(`cannot apply ${poison.id}`);
  };

  test('parks the key of a poison message in order, and all others go on', async () => {
    const sent = messages('m', 120, manyKeys(6));
    await fixture().bus.publish('topic', sent.slice(0, 60));
    const parkedNow: string[] = [];
    const consumer = fixture().start({
      apply: poisonous(new Set(['m-1', 'm-14'])),
      onParked: ({ id }, reason) => parkedNow.push(`${id} ${reason}`),
    });
    await eventually('both are parked', () => parkedNow.length === 2);
    await fixture().bus.publish('topic', sent.slice(60));
    const healthy = sent.filter(({ key }) => key !== 'school-1');
    const before14 = (id: string): boolean => Number(id.slice(2)) < 14;
    const wanted = healthy.filter(({ key, id }) => key !== 'school-2' || before14(id)).map(({ id }) => id);
    const parked = async () => consumer.listParked({ limit: 1_000 });
    const settled = async () => (await parked()).length + (await fixture().effects()).length;
    await eventually('each is applied or parked', async () => (await settled()) === 120);
    expect([...(await fixture().effectIds())].sort()).toEqual([...wanted].sort());
    const ofKey = (await parked()).filter(({ message: { key } }) => key === 'school-1');
    expect(ofKey.map(({ message: { id } }) => id)).toEqual(
      sent.filter(({ key }) => key === 'school-1').map(({ id }) => id),
    );
    expect(ofKey[0]).toMatchObject({ group: 'g', reason: 'RangeError: cannot apply m-1', message: sent[0] });
    expect(ofKey[0]?.attempts).toBeGreaterThanOrEqual(3);
    expect(await consumer.countParked()).toMatchObject({ keys: 2 });
    expect(ofKey[1]).toMatchObject({ attempts: 0, reason: expect.stringContaining('parked before') });
    expect(parkedNow.sort()).toEqual(['m-1 RangeError: cannot apply m-1', 'm-14 RangeError: cannot apply m-14']);
  });

  test('what the database refuses of a message parks it, also when the commit finds it', async () => {
    await fixture().pool.query('ALTER TABLE effect ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED');
    await fixture().pool.query(`INSERT INTO effect (id, key) VALUES ('m-2', 'already there')`);
    const consumer = fixture().start();
    await fixture().bus.publish('topic', [
      message('m-1', 'forbidden'),
      ...messages('n', 10, manyKeys(5)),
      message('m-2', 'doubled'),
    ]);
    await eventually('both are parked', async () => (await consumer.listParked()).length === 2);
    await eventually('the others are applied', async () => (await fixture().effects()).length === 11);
    const reasons = (await consumer.listParked()).map(({ reason }) => reason).sort();
    expect(reasons[0]).toContain('unique constraint');
    expect(reasons[1]).toContain('check constraint');
  });

  test('a message after whose failure the handler went on in a broken transaction is parked, too', async () => {
    const consumer = fixture().start({
      apply: async (taken, session) => {
        await session.query('SELECT 1 / $1::int', [0]).catch(() => undefined);
        await fixture().keep(taken, session);
      },
    });
    await fixture().bus.publish('topic', [message('m-1', 'k')]);
    await eventually('it is parked', async () => (await consumer.listParked()).length === 1);
  });

  test('a failure that passes is retried, and parks nothing', async () => {
    let attempts = 0;
    const consumer = fixture().start({
      apply: async (taken, session) => {
        attempts += 1;
        if (attempts < 3) throw new Error('a bad moment');
        await fixture().keep(taken, session);
      },
    });
    await fixture().bus.publish('topic', [message('m-1', 'k')]);
    await eventually('it is applied', async () => (await fixture().effects()).length === 1);
    expect(attempts).toBe(3);
    expect(await consumer.listParked()).toEqual([]);
  });

  test.each([
    ['a missing table', (session: SqlSession) => session.query('SELECT * FROM missing_table')],
    ['a killed connection', (session: SqlSession) => session.query('SELECT pg_terminate_backend(pg_backend_pid())')],
    [
      'a refused connection, wrapped by a library',
      async () => {
        throw new Error('Query failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
      },
    ],
  ])('%s parks nothing, however often it fails', async (_, fail) => {
    let failures = 0;
    const consumer = fixture().start({
      apply: async (taken, session) => {
        if (failures < 5) {
          failures += 1;
          await fail(session);
        }
        await fixture().keep(taken, session);
      },
    });
    await fixture().bus.publish('topic', [message('m-1', 'k')]);
    await eventually('it is applied', async () => (await fixture().effects()).length === 1);
    expect(failures).toBe(5);
    expect(await consumer.listParked()).toEqual([]);
  });
});
