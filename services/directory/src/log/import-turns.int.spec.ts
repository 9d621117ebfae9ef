import { eventually } from '@cairn/event-bus/testing';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';

import { ImportTurns } from './import-turns.js';

describe('the turns of imports', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url, poolSize: 3 }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Work that runs until it is let go. */
  const gate = () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { open, work: () => opened };
  };

  test('a district does not wait for another', async () => {
    const turns = new ImportTurns(dataSource);
    const held = gate();
    const long = turns.take('mnps', held.work);
    expect(await turns.take('lakeside', () => Promise.resolve('done'))).toBe('done');
    held.open();
    await long;
  });

  test('one at a time, in their order, also after one that fails', async () => {
    const turns = new ImportTurns(dataSource);
    const held = gate();
    const order: string[] = [];
    const note = (name: string) => () => Promise.resolve(void order.push(name));
    const all = [
      turns.take('mnps', held.work),
      turns.take('mnps', () => Promise.reject(new Error('a bad file'))),
      turns.take('mnps', note('third')),
      turns.take('mnps', note('fourth')),
    ];
    const settled = Promise.allSettled(all);
    held.open();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(order).toEqual(['third', 'fourth']);
  });

  test('the ninth that would wait is told to come again, and the line takes others once it is shorter', async () => {
    const turns = new ImportTurns(dataSource);
    const held = gate();
    const all = Array.from({ length: 9 }, () => turns.take('mnps', held.work));
    await expect(turns.take('mnps', held.work)).rejects.toMatchObject({ problem: { status: 503 } });
    held.open();
    await Promise.all(all);
    await eventually('the line is empty', () => turns.take('mnps', () => Promise.resolve(true)));
  });
});
