import { eventually } from '@cairn/event-bus/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { BuildRunningError, NothingToGoBackToError } from './projection.js';
import { Copies } from './testing/copies.js';
import type { Copy } from './testing/copies.js';
import { Readers } from './testing/readers.js';

describe('another generation of a read model', () => {
  let copies: Copies;

  beforeAll(async () => {
    copies = await Copies.open();
  });
  beforeEach(() => copies.reset());
  afterEach(() => copies.stopAll());
  afterAll(() => copies.close());

  const filled = async (events: number): Promise<Copy> => {
    copies.log.grow(events);
    const copy = await copies.start();
    await copy.runner.waitFor(String(events), 60_000);
    return copy;
  };
  const serves = (copy: Copy, generation: number): Promise<unknown> =>
    eventually(`generation ${generation} serves`, async () => {
      const status = await copy.runner.status();
      return status.generation === generation && status.building === undefined;
    });
  /** Resolves in the middle of a build's batch with a later number, which stays there until the copy is thawed or killed. */
  const inTheMiddleOfBuilding = (copy: Copy, after = 0): Promise<void> =>
    new Promise((resolve) => {
      copy.behaviour.inBatch = async (session, events) => {
        if (!events.some(({ n }) => n > after)) return;
        const [row] = await session.query<{ schema: string }>('SELECT current_schema() AS schema');
        if (row?.schema !== 'kit_next') return;
        copy.freeze();
        resolve();
      };
    });

  test('is the same where nothing has changed, under the same names', async () => {
    const copy = await filled(1_200);
    await copies.pool.query('GRANT SELECT ON kit.seen TO PUBLIC');
    const shape = async (): Promise<unknown> => {
      const { rows } = await copies.pool.query<{ part: string }>(
        `SELECT indexdef AS part FROM pg_indexes WHERE schemaname = 'kit' AND tablename LIKE 'seen%'
         UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'kit'::regnamespace
         UNION ALL SELECT concat_ws(' ', grantee, privilege_type, table_name) FROM information_schema.role_table_grants
           WHERE table_schema = 'kit' AND table_name LIKE 'seen%'
         UNION ALL SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = 'kit' ORDER BY 1`,
      );
      return rows.map(({ part }) => part);
    };
    const [contents, before] = [await copies.contents(), await shape()];
    await copy.runner.rebuild();
    await serves(copy, 2);
    expect(await copies.contents()).toEqual(contents);
    expect(await shape()).toEqual(before);
    expect(await copy.runner.status()).toMatchObject({ canGoBack: true, lastRebuild: { kind: 'rebuild', generation: 2, rowsDiffer: 0, at: expect.any(String) } });
    copies.log.grow(1);
    await copy.runner.waitFor('1201', 60_000);
    expect((await copies.rows()).length).toBe(1_201);
  });

  test('is what a clean replay makes after a bug was mended, and says how many rows differ', async () => {
    const copy = await copies.start();
    copy.behaviour.keep = (n) => (n % 10 === 0 ? 0 : n % 7 === 0 ? 1 : n);
    copies.log.grow(100);
    await copy.runner.waitFor('100', 60_000);
    copy.behaviour.keep = (n) => n;
    await copy.runner.rebuild();
    await serves(copy, 2);
    const clean = Array.from({ length: 100 }, (_, index) => `${index + 1}:${index + 1}`);
    expect(await copies.contents()).toEqual([...clean, 'count:100'].sort());
    const { lastRebuild } = await copy.runner.status();
    // Ten were left out, thirteen of the others kept wrongly (7, 14, …, 98 without 70), and the count was wrong.
    expect(lastRebuild).toMatchObject({
      rowsDiffer: 24,
      tables: [{ table: 'seen', rows: 100, gone: 13, added: 23 }, { table: 'seen_count', rows: 1, gone: 1, added: 1 }],
    });
    expect(copy.warnings.join()).toContain('another generation of a read model serves');
  });

  test('is built and taken up under load without a read that fails or sees half of it, and so is the one before', async () => {
    const copy = await filled(2_000);
    const other = await copies.start();
    const readers = Readers.start(copies, 4);
    const writing = new AbortController();
    const load = (async () => {
      while (!writing.signal.aborted) {
        copies.log.grow(7);
        copy.runner.wake();
        await copy.runner.waitFor(String(copies.log.numbers.length), 60_000);
      }
    })();
    load.catch(() => undefined); // It is awaited below, also where something else has failed before.
    try {
      await copy.runner.rebuild();
      await serves(other, 2);
      await other.runner.goBack();
      await serves(other, 1);
      await other.runner.goBack();
      await serves(other, 2);
      await copy.runner.rebuild();
      await serves(other, 3);
    } finally {
      writing.abort();
      await Promise.allSettled([load, readers.stop()]);
    }
    await load;
    const told = await readers.stop();
    expect(told).toMatchObject({ failures: [], torn: [] });
    expect(told.answers).toBeGreaterThan(100);
    expect((await copies.rows()).length).toBe(copies.log.numbers.length);
    expect((await copy.runner.status()).lastRebuild).toMatchObject({ rowsDiffer: 0 });
  });

  test('a snapshot that is older than the swap sees the generation that it was taken of, not an empty one', async () => {
    const copy = await filled(500);
    const reader = await copies.pool.connect();
    try {
      const count = async (): Promise<number> => (await reader.query<{ n: number }>('SELECT count(*)::int AS n FROM seen')).rows[0]?.n ?? 0;
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT position FROM projection_checkpoint');
      await copy.runner.rebuild();
      await serves(copy, 2);
      // What the order of statements below is there to prevent: rows that came after the snapshot are not in it.
      expect(await count()).toBe(0);
      await reader.query('COMMIT');
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('LOCK TABLE seen, seen_count IN ACCESS SHARE MODE');
      await reader.query('SELECT position FROM projection_checkpoint');
      await copy.runner.rebuild();
      await eventually('the swap waits for the reader', () => Promise.resolve(copy.warnings.some((line) => line.includes('readers are in the tables'))));
      // Neither the other readers nor the writer are kept from their work by that.
      copies.log.grow(3);
      await copy.runner.waitFor('503', 60_000);
      expect(await copies.rows()).toHaveLength(503);
      expect(await count()).toBe(500);
      await reader.query('COMMIT');
      await serves(copy, 3);
      expect(await copies.rows()).toHaveLength(503);
    } finally {
      reader.release(true);
    }
  });

  test('is built anew by another copy when the owner is killed in the middle, and reads go on', async () => {
    const owner = await filled(5_000);
    const other = await copies.start();
    const middle = inTheMiddleOfBuilding(owner, 4_900);
    await owner.runner.rebuild();
    await middle;
    const building = { kind: 'rebuild', generation: 2, position: '4000', head: '5000' };
    expect(await other.runner.status()).toMatchObject({ generation: 1, building, canGoBack: false });
    await owner.kill();
    expect(await copies.rows()).toHaveLength(5_000);
    await serves(other, 2);
    expect(other.warnings.join()).toContain('what an owner before built of a generation is thrown away');
    expect(await copies.contents()).toEqual(await copies.contents('kit_previous'));
    expect((await other.runner.status()).lastRebuild).toMatchObject({ rowsDiffer: 0 });
  });

  test('a build whose owner was frozen in the middle is not written by it when it comes back', async () => {
    const owner = await filled(300);
    const other = await copies.start();
    const middle = inTheMiddleOfBuilding(owner);
    await owner.runner.rebuild();
    await middle;
    await serves(other, 2);
    owner.thaw();
    copies.log.grow(1);
    await other.runner.waitFor('301', 60_000);
    await owner.runner.waitFor('301', 60_000);
    expect(await copies.rows()).toHaveLength(301);
    expect(await owner.runner.status()).toMatchObject({ generation: 2, failure: undefined });
  });

  test('is asked for once at a time, by whatever copy', async () => {
    const owner = await filled(50);
    const other = await copies.start();
    await expect(other.runner.goBack()).rejects.toThrow(NothingToGoBackToError);
    const middle = inTheMiddleOfBuilding(owner);
    await other.runner.rebuild();
    await middle;
    await expect(other.runner.rebuild()).rejects.toThrow(BuildRunningError);
    await expect(other.runner.goBack()).rejects.toThrow('is being derived anew already');
    owner.behaviour.inBatch = () => Promise.resolve();
    owner.thaw();
    await serves(other, 2);
  });

  test('the generation before comes back with all that happened since', async () => {
    const copy = await copies.start();
    copies.log.grow(20);
    await copy.runner.waitFor('20', 60_000);
    copy.behaviour.keep = (n) => (n > 20 ? n : 1_000 + n);
    await copy.runner.rebuild();
    await serves(copy, 2);
    expect((await copies.contents())[0]).toBe('10:1010');
    copies.log.grow(10);
    await copy.runner.waitFor('30', 60_000);
    await copy.runner.goBack();
    await serves(copy, 1);
    expect(await copies.contents()).toEqual([...Array.from({ length: 30 }, (_, index) => `${index + 1}:${index + 1}`), 'count:30'].sort());
    expect(await copy.runner.status()).toMatchObject({ canGoBack: true, lastRebuild: { kind: 'go-back', generation: 1, rowsDiffer: 20 } });
  });

  test('going back goes on with another owner when the first is killed in the middle', async () => {
    const owner = await filled(30);
    const other = await copies.start();
    await owner.runner.rebuild();
    await serves(owner, 2);
    copies.log.grow(5);
    await owner.runner.waitFor('35', 60_000);
    const middle = inTheMiddleOfBuilding(owner);
    await owner.runner.goBack();
    await middle;
    await owner.kill();
    await serves(other, 1);
    expect(other.warnings.join()).toContain('is brought on from where it is');
    expect(await copies.rows()).toHaveLength(35);
  });

  test('a build that fails says so and leaves what is read alone, until it goes through', async () => {
    const copy = await filled(40);
    copy.behaviour.keep = () => -1;
    await copy.runner.rebuild();
    const failure = await eventually('its failure is told', async () => (await copy.runner.status()).building?.failure);
    expect(failure).toContain('seen_kept_is_positive');
    expect(await copy.runner.status()).toMatchObject({ generation: 1, caughtUp: true, failure: undefined });
    expect(await copies.rows()).toHaveLength(40);
  });

  test('the schemas of the generations are missed in words', async () => {
    const copy = await filled(1);
    await copies.pool.query('DROP SCHEMA kit_next');
    await copy.runner.rebuild();
    const failure = await eventually('its failure is told', async () => (await copy.runner.status()).building?.failure);
    expect(failure).toBe('The schemas kit_next and kit_previous are not there; provisioning the database as its owner makes them');
    await copies.pool.query('CREATE SCHEMA kit_next');
    await serves(copy, 2);
  });
});
