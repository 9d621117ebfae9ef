import { pgInTransaction } from '@cairn/event-bus';
import type { InTransaction } from '@cairn/event-bus';
import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';

import { LongTransactions } from '../data/long-transactions.js';
import { projectionDatabaseOf } from '../data/service-database.js';
import { ProjectionRunner } from './projection-runner.js';
import { Copies } from './testing/copies.js';
import { LogReader, seenProjection } from './testing/number-log.js';

let copies: Copies;

beforeAll(async () => {
  copies = await Copies.open();
});
beforeEach(() => copies.reset());
afterAll(() => copies.close());

const application_name = 'long';
const makesIndexes = (): Promise<boolean> => copies.isWorkedOn(application_name);

/** Its indexes take 8 s, and from the moment given on it says nothing any more. */
const slowOwner = () => {
  let frozen = false;
  const transactions = pgInTransaction(copies.pool);
  const inTransaction: InTransaction = (work) => (frozen ? Promise.reject(new Error('Frozen')) : transactions(work));
  const projection = { ...seenProjection({ keep: (n) => n, inBatch: () => Promise.resolve() }), indexes: 'SELECT pg_sleep(8)' };
  const { connectionString, options } = copies.pool.options;
  const long = new LongTransactions({ connectionString, options, application_name });
  const runner = new ProjectionRunner(projection, new LogReader(copies.log), { ...projectionDatabaseOf(copies.pool), inTransaction }, pino({ level: 'silent' }), { lease_ms: 600, long });
  return { runner, freeze: () => void (frozen = true) };
};

test('who takes over while the server still makes the indexes of the owner before serves on, and builds when they have ended', async () => {
  const before = slowOwner();
  copies.log.grow(3);
  await before.runner.start();
  await before.runner.waitFor('3', 5_000);
  await before.runner.rebuild();
  await eventually('the indexes are being made', makesIndexes);
  before.freeze();
  const owner = await copies.start();
  await eventually('it has taken over', async () => {
    const { rows } = await copies.pool.query<{ fence: string }>('SELECT fence FROM projection_checkpoint');
    return rows[0]?.fence === '2';
  });
  for (let n = 4; await makesIndexes(); n += 1) {
    copies.log.grow(1);
    await owner.runner.waitFor(String(n), 1_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await eventually('it has built the generation', async () => (await owner.runner.status()).generation === 2, 20_000);
  expect(await copies.rows()).toEqual(copies.log.numbers);
  await before.runner.stop();
}, 60_000);
