import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TcpProxy, testFolder } from '@cairn/embedded-postgres/testing';
import { describe, expect } from '@jest/globals';

import { PostgresServer } from '../faults/postgres-server.js';
import { checkReader } from '../model/check-reader.js';
import { copyRecord, copySchema } from '../faults/copy-tables.js';
import { layOut } from '../system/lay-out.js';
import { defaultGroup, relaySchema, storeSchema } from '../system/settings.js';
import { until } from '../until.js';
import type { Row } from './row.js';
import { postgresBus, rowsOn } from './row.js';

const ownServer = async (of: Row): Promise<{ server: PostgresServer; dataDir: string }> => {
  const dataDir = await testFolder();
  const server = await PostgresServer.start(dataDir);
  of.onEnd(() => server.end('fast'));
  return { server, dataDir };
};

const busAt = (url: string) => ({ kind: 'postgres', url }) as const;

describe('PostgreSQL that goes away', () => {
  const row = rowsOn(postgresBus);

  row('row 10: restarted in order, at once, and killed: nothing acknowledged is lost, and all recover by themselves', async (of) => {
    const { server } = await ownServer(of);
    const system = await of.systemAt(server.url, busAt(server.url));
    const copies = await of.launch(system, [['writer', 'relay', 'consumer']], [['writer', 'consumer']], [['projection']]);
    const load = of.load(system);
    load.start();
    for (const how of ['fast', 'immediate', 'killed'] as const) {
      const before = system.ledger.events;
      await until('the load goes on', () => system.ledger.events > before + 100);
      await of.pause(0, 300);
      await server.restart(how, of.chance.between(0, 500));
    }
    const after = system.ledger.events;
    await until('the load goes on', () => system.ledger.events > after + 100);
    await load.stop();
    expect(await system.mismatches({ projection: true })).toEqual([]);
    // The same processes from the first event to the last: nobody had to start them again.
    expect(copies.map(({ alive }) => alive)).toEqual([true, true, true]);
  });

  row('row 9: the bus away: appends go on, nothing piles up in memory, and then the lag returns to 0', async (of) => {
    const away_ms = Number(process.env['CAIRN_TORTURE_AWAY_MS'] ?? 5_000);
    const { server } = await ownServer(of);
    const proxy = await TcpProxy.before(server.url);
    of.onEnd(() => proxy.goDown());
    const system = await of.system(busAt(proxy.url));
    const [, relay, consumer] = await of.launch(system, [['writer']], [['relay'], { callTimeout_ms: 1_000 }], [['consumer']]);
    // What waits meanwhile is more than twice of what the relay may hold of it.
    const load = of.load(system, { pad: 40_000 });
    load.start();
    await until('it goes through the bus', () => system.auditor.copies.size > 200);
    const { heap: before = 0 } = (await relay?.status()) ?? {};
    await proxy.goDown();
    const events = system.ledger.events;
    const until_ms = performance.now() + away_ms;
    await until('appends go on for as long as the bus is away', () => system.ledger.events > events + 1_000 && performance.now() > until_ms, away_ms + 60_000);
    const { heap = Infinity } = (await relay?.status()) ?? {};
    expect(heap - before).toBeLessThan(15_000_000);
    await proxy.comeUp();
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    await until('the lag is 0', async () => (await consumer?.status())?.lag === 0);
  }, 600_000);
});

describe('backups', () => {
  const row = rowsOn(postgresBus);

  row('row 17: the data directory copied to a new cluster: the replay is equal, and appends go on at the next position', async (of) => {
    const { server, dataDir } = await ownServer(of);
    const system = await of.systemAt(server.url, busAt(server.url));
    await of.launch(system, [['writer', 'relay', 'consumer']]);
    const load = of.load(system);
    load.start();
    await until('there are events enough', () => system.ledger.events > 300);
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    await Promise.all(system.living.map((copy) => copy.kill()));
    // It may get the port of the old one, and must not be audited from both sides.
    await system.auditor.leave();
    await server.end('fast');
    const copyDir = await testFolder();
    for (const name of await readdir(dataDir)) {
      if (name !== 'owner') await cp(join(dataDir, name), join(copyDir, name), { recursive: true, preserveTimestamps: true });
    }
    const restored = await PostgresServer.start(copyDir);
    of.onEnd(() => restored.end('fast'));
    const again = await of.systemOn(restored.url, busAt(restored.url), system.ledger);
    expect(await again.mismatches()).toEqual([]);
    const next = again.ledger.events + 1;
    await of.launch(again, [['writer', 'relay', 'consumer']]);
    await of.load(again, { name: 'after' }).append('after-the-restore', [{}]);
    expect(again.ledger.inOrder().at(-1)?.position).toBe(next);
    expect(await again.mismatches()).toEqual([]);
  });

  row('row 17: the record dumped and restored row by row into a new cluster, whose transactions count from the beginning', async (of) => {
    const old = await of.system();
    await of.launch(old, [['writer']]);
    const load = of.load(old);
    load.start();
    await until('there are events enough', () => old.ledger.events > 300);
    await load.stop();
    const { server } = await ownServer(of);
    await layOut(server.url, server.url);
    await copyRecord(old.url, server.url);
    const restored = await of.systemOn(server.url, busAt(server.url), old.ledger);
    expect(await restored.mismatches({ groups: [], bus: false })).toEqual([]);
    // Full replay through relay, bus and consumer, and more on top of it.
    await of.launch(restored, [['writer', 'relay', 'consumer']], [['projection']]);
    const next = of.load(restored, { name: 'after', contested: 0 });
    next.start();
    await until('appends go on', () => restored.ledger.events > 500);
    await next.stop();
    expect(await restored.mismatches({ projection: true })).toEqual([]);
  });

  row('row 17: read models restored from an older backup than the record: consumers go back to their checkpoint and catch up', async (of) => {
    const system = await of.system();
    const [, consumer] = await of.launch(system, [['writer', 'relay']], [['consumer']]);
    const load = of.load(system);
    load.start();
    await until('there are events enough', () => system.ledger.events > 200);
    await consumer?.kill();
    await copySchema(system.session, defaultGroup, 'backup');
    const [second] = await of.launch(system, [['consumer']]);
    const before = system.ledger.events;
    await until('there are more', () => system.ledger.events > before + 200);
    await load.stop();
    await second?.kill();
    await copySchema(system.session, 'backup', defaultGroup);
    expect(await checkReader(system.session, defaultGroup, system.ledger.inOrder())).not.toEqual([]);
    await of.launch(system, [['consumer']]);
    expect(await system.mismatches()).toEqual([]);
  });

  row('row 17: the checkpoint of a relay restored from an older backup publishes again what was out, and loses nothing', async (of) => {
    const system = await of.system();
    const [, relay] = await of.launch(system, [['writer', 'consumer']], [['relay']]);
    const load = of.load(system);
    load.start();
    await until('much is out', () => system.auditor.copies.size > 200);
    await relay?.kill();
    await copySchema(system.session, relaySchema, 'backup');
    const [second] = await of.launch(system, [['relay']]);
    const before = system.auditor.copies.size;
    await until('more is out', () => system.auditor.copies.size > before + 200);
    await second?.kill();
    await copySchema(system.session, 'backup', relaySchema);
    await of.launch(system, [['relay']]);
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    expect(system.auditor.duplicates).toBeGreaterThan(0);
    expect(await system.session.query(`SELECT count(*)::int AS n FROM ${storeSchema}.es_event`)).toEqual([{ n: system.ledger.events }]);
  });
});

describe('a start with nothing there', () => {
  const row = rowsOn(postgresBus);

  row('row 20: store and bus absent: nobody crashes, nobody says that all is well, and all begins once they come', async (of) => {
    const { server } = await ownServer(of);
    const system = await of.systemAt(server.url, busAt(server.url));
    await server.end('fast');
    const copies = await of.launch(system, [['writer', 'relay', 'consumer'], { callTimeout_ms: 1_000 }]);
    const load = of.load(system);
    load.start();
    // Asked again and again while nothing answers: never well, never gone.
    for (let asked = 0; asked < 5; asked += 1) {
      const answer = await copies[0]?.status().catch((error: unknown) => ({ failed: String(error) }));
      expect(answer).not.toMatchObject({ caughtUp: true });
      expect(copies[0]?.alive).toBe(true);
      await of.pause(100, 500);
    }
    expect(system.ledger.events).toBe(0);
    await server.begin();
    await until('the load goes on', () => system.ledger.events > 100);
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    await until('all is well', async () => {
      const told = await copies[0]?.status();
      return told?.joined === true && told.caughtUp === true && told.lag === 0;
    });
    expect(copies[0]?.alive).toBe(true);
  });
});
