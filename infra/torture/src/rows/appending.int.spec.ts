import { TcpProxy } from '@cairn/embedded-postgres/testing';
import { openPostgresEventStore, SystemClock, verifyStore } from '@cairn/event-store';
import { describe, expect } from '@jest/globals';

import { flipBit } from '../faults/flip-bit.js';
import { checkWhole } from '../model/check-record.js';
import { connected, rowsOfStore } from './store-only.js';
import { scope, storeSchema } from '../system/settings.js';
import { until } from '../until.js';

describe('appends to the record', () => {
  const row = rowsOfStore();

  row('row 3: writers killed during their appends leave all of a command or nothing', async (of) => {
    const system = await of.system();
    const load = of.load(system, { lanes: 12, streams: 24, stonesMax: 30, pause_ms: 2 });
    await of.launch(system, [['writer']], [['writer']]);
    load.start();
    for (let kills = 0; kills < 5; kills += 1) {
      const [next] = await Promise.all([of.launch(system, [['writer']]), of.pause(0, 200)]);
      await of.chance.pick(system.with('writer').filter((copy) => copy !== next[0])).kill();
      expect(await checkWhole(system.session, system.ledger)).toEqual([]);
    }
    await load.stop();
    expect(await system.mismatches({ groups: [], bus: false })).toEqual([]);
    expect(load.retries).toBeGreaterThan(0);
  });

  row('row 3: a writer killed, and a connection ended, while the statement of its append runs', async (of) => {
    const system = await of.system();
    const load = of.load(system, { timeout_ms: 20_000 });
    const blocker = await connected(of, system.url);
    for (const how of ['kill the writer', 'end its connection'] as const) {
      const [writer] = await of.launch(system, [['writer']]);
      await blocker.query('BEGIN');
      await blocker.query(`SELECT FROM ${storeSchema}.es_head FOR UPDATE`);
      const appended = load.append(`held-${of.chance.between(1, 1e6)}`, Array.from({ length: of.chance.between(2, 200) }, () => ({})));
      const waiting = await until('the append waits for the head', async () => {
        const [found] = await system.session.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'cairn event store%'`,
        );
        return found?.pid;
      });
      if (how === 'kill the writer') await writer?.kill();
      else await system.session.query('SELECT pg_terminate_backend($1)', [waiting]);
      await blocker.query('ROLLBACK');
      if (how === 'kill the writer') await of.launch(system, [['writer']]);
      await appended;
      await Promise.all(system.living.map((copy) => copy.kill()));
    }
    expect(await system.mismatches({ groups: [], bus: false })).toEqual([]);
  });

  row('row 4: acknowledged by the server, and the answer lost: the same ids get the same version, and stand there once', async (of) => {
    const system = await of.system();
    const proxy = await TcpProxy.before(system.url);
    of.onEnd(() => proxy.goDown());
    const load = of.load(system);
    await of.launch(system, [['writer'], { url: proxy.url }], [['writer'], { url: proxy.url }]);
    load.start();
    for (let at = 0; at < 10; at += 1) {
      // While it runs well, so that it is the answer to an append that is lost, and not one of a connection that comes up.
      const { events } = system.ledger;
      await until('the load goes on', () => system.ledger.events > events + 20);
      proxy.loseAnswers(of.chance.between(1, 2));
      await until('the answers are lost', () => proxy.answersLeftToLose === 0);
    }
    await load.stop();
    expect(await system.mismatches({ groups: [], bus: false })).toEqual([]);
  });

  row('row 4: a writer dies between the commit and its word to the caller, who asks another one', async (of) => {
    const system = await of.system();
    const load = of.load(system, { lanes: 4 });
    await of.launch(system, [['writer']]);
    load.start();
    for (let deaths = 0; deaths < 3; deaths += 1) {
      const crashAt = { point: 'after-append', time: of.chance.between(1, 10), signal: 'SIGKILL' } as const;
      const [writer] = await of.launch(system, [['writer'], { crashAt }]);
      await writer?.death();
    }
    await load.stop();
    expect(await system.mismatches({ groups: [], bus: false })).toEqual([]);
    expect(load.retries).toBeGreaterThanOrEqual(3);
    // Long after, and by a process that has never seen the streams, every command gets its old answer.
    const events = system.ledger.events;
    await Promise.all([...system.ledger.asked.values()].slice(-40).map((command) => load.send(command, true, of.chance)));
    expect(system.ledger.events).toBe(events);
    expect(await system.mismatches({ groups: [], bus: false })).toEqual([]);
  });

  row('row 5: a long open write transaction elsewhere: nobody skips, nobody waits, and the order is the same for all', async (of) => {
    const system = await of.system();
    const other = await connected(of, system.url);
    await other.query('CREATE TABLE elsewhere (n int)');
    await other.query('BEGIN');
    await other.query('INSERT INTO elsewhere VALUES (1)');
    const load = of.load(system, { lanes: 10, contested: 4, pause_ms: 4 });
    await of.launch(system, [['writer', 'relay', 'consumer']], [['writer', 'relay', 'consumer']], [['writer']]);
    const readers = [1, 2, 3].map(() => {
      const store = openPostgresEventStore({ scope, schema: storeSchema, clock: new SystemClock(), connectionString: system.url });
      const heard: string[] = [];
      const handle = async (events: readonly { id: string }[]) => void heard.push(...events.map(({ id }) => id));
      const { stop } = store.subscribe({ from: 'start', handle });
      of.onEnd(() => store.close());
      return { heard, stop };
    });
    load.start();
    await until('there are events enough', () => system.ledger.events > 1_500);
    await load.stop();
    const order = system.ledger.inOrder().map(({ id }) => id);
    // All this is so while the transaction elsewhere is still open.
    for (const { heard } of readers) {
      await until('a subscriber has heard all', () => heard.length >= order.length);
      expect(heard).toEqual(order);
    }
    expect(await system.mismatches()).toEqual([]);
    const [open] = await system.session.query(`SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND xact_start < now()`);
    expect(open).toBeDefined();
    await other.query('COMMIT');
  });

  row('row 13: clocks an hour ahead and an hour behind change no order, no version and no chain', async (of) => {
    const system = await of.system();
    const hour_ms = 3_600_000;
    const load = of.load(system, { contested: 4 });
    const running = (skew_ms: number) => of.launch(system, [['writer', 'relay', 'consumer'], { skew_ms }]);
    load.start();
    await running(-hour_ms);
    await until('there are events of the clock that is behind', () => system.ledger.events > 100);
    await running(hour_ms);
    // Both write to the same streams for a while, before the first of them is killed.
    const ahead = `SELECT 1 FROM ${storeSchema}.es_event WHERE recorded_at > now() + interval '30 minutes' LIMIT 1`;
    await until('there are events of the clock that is ahead', async () => (await system.session.query(ahead)).length > 0);
    const together = system.ledger.events;
    await until('there are events of both', () => system.ledger.events > together + 300);
    for (let at = 0; at < 3; at += 1) {
      await of.chance.pick(system.living).kill();
      await running(of.chance.pick([hour_ms, -hour_ms, 0]) + of.chance.between(-1_000, 1_000));
    }
    const after = system.ledger.events;
    await until('the load goes on', () => system.ledger.events > after + 100);
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    const skews = await system.session.query<{ off: number }>(
      `SELECT DISTINCT round(extract(epoch FROM recorded_at - now()) / 3600)::int AS off FROM ${storeSchema}.es_event`,
    );
    expect(skews.map(({ off }) => off)).toEqual(expect.arrayContaining([-1, 1]));
  });

  row('row 18: one flipped bit of a stored event is found, and its stream and version are named', async (of) => {
    const system = await of.system();
    const load = of.load(system);
    await of.launch(system, [['writer']]);
    load.start();
    await until('there are events enough', () => system.ledger.events > 200);
    await load.stop();
    expect(await system.mismatches({ groups: [], bus: false })).toEqual([]);
    const { stream, version } = of.chance.pick(system.ledger.inOrder());
    await flipBit(system.session, of.chance, stream, version);
    const found = await system.mismatches({ groups: [], bus: false });
    expect(found).toEqual([expect.stringContaining(`"stream":"${stream}","version":${version},`)]);
    expect(found[0]).toContain('"kind":"hash"');
    const store = openPostgresEventStore({ scope, schema: storeSchema, clock: new SystemClock(), connectionString: system.url });
    of.onEnd(() => store.close());
    expect((await verifyStore(store)).breaks).toMatchObject([{ kind: 'hash', stream, version }]);
  });
});
