import { setTimeout as sleep } from 'node:timers/promises';

import { openPostgresEventStore, SystemClock } from '@cairn/event-store';
import { describe, expect } from '@jest/globals';

import { untilTakenIn } from '../model/check-reader.js';
import { CrashPoints } from '../system/crash-points.js';
import { layOutReader } from '../system/lay-out.js';
import { openBus } from '../system/open-bus.js';
import { runConsumer } from '../system/roles.js';
import { defaultGroup, scope, storeSchema } from '../system/settings.js';
import type { SystemUnderTest } from '../system/system.js';
import { until } from '../until.js';
import type { BusUnderTest, Row } from './row.js';
import { rowsOn } from './row.js';

const effects = async (system: SystemUnderTest, group = defaultGroup): Promise<number> => {
  const [row] = await system.session.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${group}.effect`);
  return row?.n ?? 0;
};

/** What a slow consumer may hold of the 80 MB that wait for it, in bytes; over Kafka up to 16 MB are read ahead. */
const heapMax = 30_000_000;

/** A member of the group in this process: to join and leave it costs less than a process does. */
const join = async (of: Row, system: SystemUnderTest): Promise<() => Promise<void>> => {
  const store = openPostgresEventStore({ scope, schema: storeSchema, clock: new SystemClock(), connectionString: system.url });
  const bus = openBus(system.bus, `storm-${of.chance.uuid()}`);
  const settings = { roles: ['consumer'], url: system.url, bus: system.bus } as const;
  const crash = new CrashPoints(undefined);
  const member = runConsumer({ settings, store, bus, crash, complain: () => undefined });
  let left: Promise<void> | undefined;
  const leave = async (): Promise<void> => {
    await member.stop();
    await bus.close();
    await store.close();
  };
  of.onEnd(() => (left ??= leave()));
  return () => (left ??= leave());
};

export interface MembersOptions {
  /** Between two changes of the group. */
  readonly storm_ms: number;
  readonly storms: number;
}

/** Rows 12, 14 and 15: members of a group that are slow, that come and go, and that come back from the dead. */
export const membersRows = (bus: BusUnderTest, { storm_ms, storms }: MembersOptions): void => {
  describe(`a group of consumers over ${bus.name}`, () => {
    const row = rowsOn(bus);

    row('row 12: a consumer ten times slower than the producer: its memory is bounded, others keep up, the lag is seen', async (of) => {
      const system = await of.system();
      await layOutReader(system.url, 'slow');
      const slowly = { group: 'slow', slow_ms: 60, batchMax: 10 } as const;
      const [, , slow] = await of.launch(system, [['writer', 'relay']], [['consumer']], [['consumer'], slowly]);
      const load = of.load(system, { pad: 20_000 });
      load.start();
      await until('the slow one has begun', async () => (await slow?.status())?.joined);
      const { heap: before = 0 } = (await slow?.status()) ?? {};
      await until('there is much to do', () => system.ledger.events > 4_000);
      await load.stop();
      const { events } = system.ledger;
      await untilTakenIn(system.session, defaultGroup, events);
      expect(await effects(system)).toBe(events);
      const { lag = 0, heap = Infinity } = (await slow?.status()) ?? {};
      // What waits is several times of what it may hold of it.
      expect(lag).toBeGreaterThan(events / 2);
      expect(heap - before).toBeLessThan(heapMax);
      await slow?.kill();
      // Nor does one that finds all of it waiting for it.
      const taken = await effects(system, 'slow');
      const [late] = await of.launch(system, [['consumer'], slowly]);
      await until('the late one has begun', async () => (await effects(system, 'slow')) > taken);
      const { heap: found = Infinity } = (await late?.status()) ?? {};
      expect(found - before).toBeLessThan(heapMax);
      await late?.kill();
      await of.launch(system, [['consumer'], { group: 'slow' }]);
      expect(await system.mismatches({ groups: [defaultGroup, 'slow'] })).toEqual([]);
    });

    row('row 14: members join and leave all the time: nothing is lost, it goes forward, and no checkpoint goes back', async (of) => {
      const system = await of.system();
      await of.launch(system, [['writer', 'relay']]);
      const load = of.load(system);
      load.start();
      const members = [await join(of, system), await join(of, system)];
      await until('it goes forward', async () => (await effects(system)) > 0);
      const progress: number[] = [];
      for (let storm = 0; storm < storms; storm += 1) {
        if (members.length < 2 || (members.length < 4 && of.chance.next() < 0.5)) members.push(await join(of, system));
        else void members.splice(of.chance.between(0, members.length - 1), 1)[0]?.();
        await sleep(storm_ms);
        progress.push(await effects(system));
      }
      await load.stop();
      // The group is never given time to come to rest, and still goes forward in each third of the storm.
      const third = Math.floor(storms / 3);
      const thirds = [0, third, 2 * third, storms - 1].map((at) => progress[at] ?? 0);
      expect(thirds).toEqual([...new Set(thirds)].sort((left, right) => left - right));
      expect(await system.mismatches()).toEqual([]);
    });

    row('row 15: an owner that was frozen and replaced comes back: its commit is refused by the fence', async (of) => {
      const system = await of.system();
      await of.launch(system, [['writer', 'relay']]);
      const load = of.load(system);
      load.start();
      const crashAt = { point: 'before-batch', time: of.chance.between(3, 8), signal: 'SIGSTOP' } as const;
      const [old] = await of.launch(system, [['consumer'], { crashAt }]);
      await until('the owner is frozen', async () => (await old?.isStopped()) === true);
      await of.launch(system, [['consumer']]);
      const before = system.ledger.events;
      await until('there is more to do', () => system.ledger.events > before + 50);
      await load.stop();
      // The new owner takes in all there is, also what the old one holds in its hands.
      await untilTakenIn(system.session, defaultGroup, system.ledger.events);
      expect(await effects(system)).toBe(system.ledger.events);
      old?.thaw();
      await until('the old owner is refused', () => old?.troubles.some((trouble) => trouble.includes('StaleOwnerError')));
      expect(await system.mismatches()).toEqual([]);
    });
  });
};
