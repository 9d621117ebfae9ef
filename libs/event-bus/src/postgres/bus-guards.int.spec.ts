import { randomUUID } from 'node:crypto';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { migratePostgresEventBus } from './migrate-postgres-event-bus.js';
import type { PostgresEventBus } from './postgres-event-bus.js';
import { openPostgresEventBus } from './postgres-event-bus.js';

describe('the tables of the PostgreSQL bus', () => {
  let database: { url: string; drop(): Promise<void> };
  let owner: pg.Client;
  let role: string;
  let bus: PostgresEventBus;

  beforeEach(async () => {
    database = await testDatabase();
    owner = new pg.Client({ connectionString: database.url });
    owner.on('error', () => undefined);
    await owner.connect();
    role = `bus_service_${randomUUID().replaceAll('-', '')}`;
    await owner.query(`CREATE ROLE ${role} NOLOGIN`);
    const connection = { connectionString: database.url };
    await migratePostgresEventBus({ connection, serviceRoles: [role] });
    bus = openPostgresEventBus({ connection: { ...connection, options: `-c role=${role}` } });
    await bus.ensureTopic('topic', { partitions: 2 });
  });

  afterEach(async () => {
    await bus.close();
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
    await database.drop();
  });

  test('a service role publishes, consumes and leaves', async () => {
    const ledger = new Ledger();
    const consumption = await bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: ledger.checkpoint,
      handle: ledger.handle,
    });
    await bus.publish('topic', messages('m', 10, manyKeys(5)));
    await bus.publishWatermark('topic', { scope: 's', position: '1' });
    await eventually('all arrived', () => ledger.events.length === 10 && ledger.watermarks.length === 2);
    await consumption.stop();
    const { rows } = await owner.query('SELECT count(*)::int AS members FROM bus.member');
    expect(rows).toEqual([{ members: 0 }]);
  });

  const changes = [
    `UPDATE bus.message SET value = 'forged'`,
    'DELETE FROM bus.message',
    'TRUNCATE bus.message',
  ];

  test('refuse every change of a message even to the owner, also while there is none', async () => {
    for (const change of changes) await expect(owner.query(change)).rejects.toThrow('messages are only ever added');
    await bus.publish('topic', [message('m-1', 'k')]);
    for (const change of changes) await expect(owner.query(change)).rejects.toThrow('messages are only ever added');
  });

  test('give a service role no right to change a message, nor to take the guard away', async () => {
    await owner.query(`SET ROLE ${role}`);
    for (const change of [...changes, 'DROP TABLE bus.message', 'ALTER TABLE bus.message DISABLE TRIGGER ALL']) {
      await expect(owner.query(change)).rejects.toThrow(/permission denied|must be owner/);
    }
    await owner.query('RESET ROLE');
  });

  test('are laid out by several processes at once, and again, without a change', async () => {
    await bus.publish('topic', [message('m-1', 'k')]);
    const connection = { connectionString: database.url };
    const migrate = () => migratePostgresEventBus({ connection, serviceRoles: [role] });
    await Promise.all(Array.from({ length: 5 }, migrate));
    const { rows } = await owner.query('SELECT count(*)::int AS kept FROM bus.message');
    expect(rows).toEqual([{ kept: 1 }]);
  });

  test('give an id to a bus that was laid out before it had one, and keep it', async () => {
    await owner.query('DROP TABLE bus.log');
    await expect(bus.logId()).rejects.toThrow('"bus.log"');
    const connection = { connectionString: database.url };
    await migratePostgresEventBus({ connection, serviceRoles: [role] });
    const id = await bus.logId();
    await migratePostgresEventBus({ connection, serviceRoles: [role] });
    expect(await bus.logId()).toBe(id);
    await expect(owner.query('INSERT INTO bus.log DEFAULT VALUES')).rejects.toThrow('unique');
  });

  test('a write transaction left open elsewhere holds nothing up', async () => {
    await owner.query('CREATE TABLE elsewhere (n int)');
    await owner.query('BEGIN');
    await owner.query('INSERT INTO elsewhere VALUES (1)');
    const ledger = new Ledger();
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    await Promise.all(Array.from({ length: 20 }, (_, at) => bus.publish('topic', messages(`m${at}`, 20, manyKeys(9)))));
    await eventually('all arrived', () => ledger.events.length === 400);
    expect(ledger.violations).toEqual([]);
    await owner.query('ROLLBACK');
  });

  test('a publish that is rolled back gives its offsets back', async () => {
    await bus.publish('topic', [message('m-1', 'k')]);
    await owner.query('BEGIN');
    await owner.query(
      `SELECT bus.publish('topic', '{0,1}', '{event,event}', '{s,s}', '{1,2}', '{a,b}', '{k,l}', '{1,2}', '{1,2}')`,
    );
    await owner.query('ROLLBACK');
    const ledger = new Ledger();
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    await bus.publish('topic', messages('n', 20, manyKeys(10)));
    await eventually('all arrived', () => ledger.events.length === 21);
    expect(ledger.violations).toEqual([]);
  });

  test('a checkpoint beyond the end of the log is reported, and not waited behind in silence', async () => {
    const errors: unknown[] = [];
    await bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: async () => '41',
      handle: async () => undefined,
      onError: (error) => errors.push(error),
    });
    await eventually('it is reported', () => String(errors[0]).includes('beyond the end of the log'));
  });
});
