import { startKafka } from '@cairn/engines/testing';
import type { RunningKafka } from '@cairn/engines/testing';
import { testFolder } from '@cairn/embedded-postgres/testing';
import { describe, expect } from '@jest/globals';

import { until } from '../until.js';
import { kafkaBus } from './kafka-bus.js';
import type { Row } from './row.js';
import { rowsOn } from './row.js';

const ownBroker = async (of: Row): Promise<RunningKafka> => {
  const broker = await startKafka({ dataDir: await testFolder() });
  of.onEnd(() => broker.stop());
  return broker;
};

const busAt = ({ brokers }: RunningKafka) => ({ kind: 'kafka', brokers, topicPrefix: 'own-' }) as const;

describe('a broker that goes away', () => {
  const row = rowsOn(kafkaBus);

  row('row 9: killed for a while: appends go on, nothing piles up in memory, and then the lag returns to 0', async (of) => {
    const away_ms = Number(process.env['CAIRN_TORTURE_AWAY_MS'] ?? 5_000);
    const broker = await ownBroker(of);
    const system = await of.system(busAt(broker));
    const [, relay, consumer] = await of.launch(system, [['writer']], [['relay'], { callTimeout_ms: 1_000 }], [['consumer']]);
    // What waits meanwhile is more than twice of what the relay may hold of it.
    const load = of.load(system, { pad: 40_000 });
    load.start();
    await until('it goes through the bus', () => system.auditor.copies.size > 200);
    const { heap: before = 0 } = (await relay?.status()) ?? {};
    await broker.kill();
    const events = system.ledger.events;
    const until_ms = performance.now() + away_ms;
    const gone = () => system.ledger.events > events + 1_000 && performance.now() > until_ms;
    await until('appends go on for as long as the bus is away', gone, away_ms + 120_000);
    // Its status cannot say how far the bus is, since nothing answers; what it holds is told all the same.
    const { heap = Infinity } = (await relay?.status()) ?? {};
    expect(heap - before).toBeLessThan(15_000_000);
    await broker.restart();
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    await until('the lag is 0', async () => (await consumer?.status())?.lag === 0);
  }, 900_000);

  row('row 20: the bus absent at the start: nobody crashes, nobody says that all is well, and all begins once they come', async (of) => {
    const broker = await ownBroker(of);
    const system = await of.system(busAt(broker));
    await broker.kill();
    const [copy] = await of.launch(system, [['writer', 'relay', 'consumer'], { callTimeout_ms: 1_000 }]);
    const load = of.load(system);
    load.start();
    for (let asked = 0; asked < 5; asked += 1) {
      const answer = await copy?.status().catch((error: unknown) => ({ failed: String(error) }));
      expect(answer).not.toMatchObject({ lag: 0 });
      expect(copy?.alive).toBe(true);
      await of.pause(100, 500);
    }
    await broker.restart();
    await until('the load goes on', () => system.ledger.events > 100);
    await load.stop();
    expect(await system.mismatches()).toEqual([]);
    await until('all is well', async () => {
      const told = await copy?.status();
      return told?.joined === true && told.caughtUp === true && told.lag === 0;
    });
    expect(copy?.alive).toBe(true);
  });
});
