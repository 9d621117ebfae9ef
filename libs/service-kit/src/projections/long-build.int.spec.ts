import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
const longOnes = (): LongTransactions => {
  const { connectionString, options } = copies.pool.options;
  return new LongTransactions({ connectionString, options, application_name });
};

const sleeping = (): Promise<boolean> => copies.isWorkedOn(application_name);

describe('a long transaction', () => {
  test('may take half an hour a statement, and commits or rolls back as a whole', async () => {
    const { inTransaction } = longOnes();
    const timeout = await inTransaction(async (session) => {
      await session.query('INSERT INTO seen (n, kept) VALUES (1, 1)');
      return session.query('SHOW statement_timeout');
    });
    expect(timeout).toEqual([{ statement_timeout: '30min' }]);
    const failing = inTransaction(async (session) => {
      await session.query('INSERT INTO seen (n, kept) VALUES (2, 2)');
      throw new Error('No');
    });
    await expect(failing).rejects.toThrow('No');
    expect(await copies.rows()).toEqual([1]);
  });

  test('begins no more once they were ended', async () => {
    const long = longOnes();
    long.end();
    await expect(long.inTransaction(() => Promise.resolve())).rejects.toThrow('No long transaction is begun any more');
  });
});

test('a service that is told to stop does not wait for the indexes of a generation, nor does the server go on with them', async () => {
  const projection = { ...seenProjection({ keep: (n) => n, inBatch: () => Promise.resolve() }), indexes: 'SELECT pg_sleep(30)' };
  const options = { lease_ms: 600, long: longOnes() };
  const runner = new ProjectionRunner(projection, new LogReader(copies.log), projectionDatabaseOf(copies.pool), pino({ level: 'silent' }), options);
  await runner.start();
  await runner.rebuild();
  await eventually('the indexes are being made', sleeping);
  const since = performance.now();
  await runner.stop();
  expect(performance.now() - since).toBeLessThan(5_000);
  await eventually('the server has noticed', async () => !(await sleeping()));
});
