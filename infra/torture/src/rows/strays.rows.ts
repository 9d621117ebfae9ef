import type { OutgoingMessage } from '@cairn/event-bus';
import { describe, expect } from '@jest/globals';

import { checkReader, untilTakenIn } from '../model/check-reader.js';
import type { Acknowledged } from '../ledger/append-ledger.js';
import { openBus } from '../system/open-bus.js';
import { defaultGroup, partitions, scope, topic } from '../system/settings.js';
import type { SystemUnderTest } from '../system/system.js';
import { until } from '../until.js';
import type { BusUnderTest } from './row.js';
import { rowsOn } from './row.js';

/** What a bus is made of. Its port has no way to say a wrong partition, and what lies below it is no part of the port. */
interface LogOfBus {
  append(topic: string, entries: readonly ({ readonly kind: 'event'; readonly partition: number } & OutgoingMessage)[]): Promise<void>;
}

/** Puts an event on the bus in a partition that is not its key's, as a topic that was given more partitions would hold it. */
const stray = async (system: SystemUnderTest, { id, stream, version, weight, position }: Acknowledged): Promise<void> => {
  const own = await system.auditor.partitionOf(stream);
  const value = JSON.stringify({ id, stream, version, weight, schemaVersion: 1 });
  const message = { id, key: stream, headers: {}, value, scope, sourcePosition: String(position) };
  const bus = openBus(system.bus, 'stray');
  try {
    const log = Reflect.get(bus, 'log') as LogOfBus;
    await log.append(topic, [{ ...message, kind: 'event', partition: (own + 1) % partitions }]);
  } finally {
    await bus.close();
  }
};

/** Row 7: messages of one key in several partitions. */
export const straysRows = (bus: BusUnderTest): void => {
  describe(`messages of one key in several partitions of ${bus.name}`, () => {
    const row = rowsOn(bus);

    row('row 7: they are never applied out of order: they are parked, and all other keys go on', async (of) => {
      const system = await of.system();
      const [, relay, consumer] = await of.launch(system, [['writer']], [['relay']], [['consumer']]);
      const load = of.load(system, { contested: 0 });
      load.start();
      const key = `${scope}.cairn-split`;
      await load.append('split', [{}, {}]);
      await until('the first ones are taken in', async () =>
        (await system.session.query(`SELECT 1 FROM ${defaultGroup}.tally WHERE stream = $1 AND version = 2`, [key])).length > 0);
      await relay?.kill();
      await load.append('split', [{}, {}, {}]);
      const split = system.ledger.streams.get(key) ?? [];
      const overtaking = split[of.chance.between(3, 4)];
      if (overtaking === undefined) throw new Error('It was appended');
      await stray(system, overtaking);
      const parked = () =>
        system.session.query<{ key: string; reason: string }>(`SELECT key, reason FROM ${defaultGroup}.parked_message ORDER BY sequence`);
      await until('the one that overtakes is parked', async () => (await parked()).length === 1);
      expect((await parked())[0]?.reason).toContain('its key belongs to partition');
      await of.launch(system, [['relay']]);
      const before = system.ledger.events;
      await until('others go on', () => system.ledger.events > before + 100);
      await load.stop();
      await until('all is dealt with', async () => (await consumer?.status())?.lag === 0);
      const taken = system.ledger.inOrder().filter(({ stream, version }) => stream !== key || version <= 2);
      await untilTakenIn(system.session, defaultGroup, taken.length);
      expect(await checkReader(system.session, defaultGroup, taken)).toEqual([]);
      // Nothing is lost: what is not applied is parked, all three of it, under its key alone.
      expect((await parked()).map((one) => one.key)).toEqual([key, key, key]);
    });
  });
};
