import { describe, expect } from '@jest/globals';

import { checkReader } from '../model/check-reader.js';
import { layOutReader } from '../system/lay-out.js';
import { defaultGroup, scope } from '../system/settings.js';
import type { SystemUnderTest } from '../system/system.js';
import { until } from '../until.js';
import type { BusUnderTest, Row } from './row.js';
import { rowsOn } from './row.js';

interface ParkedRow {
  readonly key: string;
  readonly reason: string;
}

const parkedIn = (system: SystemUnderTest): Promise<readonly ParkedRow[]> =>
  system.session.query<ParkedRow>(`SELECT key, reason FROM ${defaultGroup}.parked_message ORDER BY sequence`);

/** Rows 6, 8 and 19: messages that come twice, that cannot be taken in, that come from a newer version. */
export const readingRows = (bus: BusUnderTest): void => {
  describe(`a read model over ${bus.name}`, () => {
    const row = rowsOn(bus);

    row('row 6: every batch delivered twice, and much published twice: byte-equal to one delivery', async (of) => {
      const system = await of.system();
      await layOutReader(system.url, 'twice');
      await of.launch(system, [['writer', 'consumer']], [['consumer'], { group: 'twice', twice: true }]);
      const load = of.load(system);
      load.start();
      for (let kills = 0; kills < 2; kills += 1) {
        const crashAt = { point: 'after-publish', time: of.chance.between(1, 3), signal: 'SIGKILL' } as const;
        const [relay] = await of.launch(system, [['relay'], { crashAt }]);
        await relay?.death();
      }
      await of.launch(system, [['relay']]);
      await load.stop();
      // The whole history once more, by a relay that remembers nothing.
      const [again] = await of.launch(system, [['relay'], { relay: 'again' }]);
      await until('all is published again', () => system.auditor.duplicates >= system.ledger.events);
      await again?.kill();
      expect(await system.mismatches({ groups: [defaultGroup, 'twice'] })).toEqual([]);
      const bytes = (group: string) => system.session.query(`SELECT t::text FROM ${group}.tally t ORDER BY stream`);
      expect(await bytes('twice')).toEqual(await bytes(defaultGroup));
    });

    /** A key stops at a message, all others go on; consumers that can take it in replay what is parked. */
    const parks = async (of: Row, stone: { poison?: boolean; schemaVersion?: number }, cure: object, reason: string) => {
      const system = await of.system();
      const [, old] = await of.launch(system, [['writer', 'relay']], [['consumer']]);
      const load = of.load(system, { streams: 12, contested: 0 });
      load.start();
      const key = `${scope}.cairn-stuck`;
      await load.append('stuck', [{}, {}]);
      await load.append('stuck', [{}, stone, {}]);
      await until('the message is parked', async () => (await parkedIn(system)).length > 0);
      await load.append('stuck', [{}, {}]);
      const before = system.ledger.events;
      await until('others go on', () => system.ledger.events > before + 100);
      await load.stop();
      await until('all is dealt with', async () => (await old?.status())?.lag === 0);
      // Its key alone has stopped, at that message; what came behind it waits in order.
      const parked = await parkedIn(system);
      expect(parked.map((one) => one.key)).toEqual([key, key, key, key]);
      expect(parked[0]?.reason).toContain(reason);
      const taken = system.ledger.inOrder().filter(({ stream, version }) => stream !== key || version <= 3);
      expect(await checkReader(system.session, defaultGroup, taken)).toEqual([]);
      // A consumer that is not cured gets no further by a replay.
      expect(await old?.replay(key)).toMatchObject({ replayed: 0, left: 4 });
      await old?.kill();
      const [cured] = await of.launch(system, [['consumer'], cure]);
      expect(await cured?.replay(key)).toEqual({ replayed: 4, left: 0 });
      await load.append('stuck', [{}]);
      expect(await system.mismatches()).toEqual([]);
    };

    row('row 8: a poison message stops its key only, and replay succeeds after the fix', (of) =>
      parks(of, { poison: true }, { mended: true }, 'The bug'));

    row('row 19: an event of a newer version is parked and shown, and taken in by the version that knows it', (of) =>
      parks(of, { schemaVersion: 2 }, { schemaVersionMax: 2 }, 'Schema version 2 is not known here'));
  });
};
