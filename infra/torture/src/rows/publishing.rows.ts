import { describe, expect } from '@jest/globals';

import type { BusUnderTest } from './row.js';
import { rowsOn } from './row.js';

/** Rows 1 and 2: a copy dies on the way from the record to the read model. */
export const publishingRows = (bus: BusUnderTest): void => {
  describe(`from the record to a read model over ${bus.name}`, () => {
    const row = rowsOn(bus);

    row('row 1: killed after the append and before the publish, every committed event is out, and no other', async (of) => {
      const system = await of.system();
      await of.launch(system, [['writer']], [['consumer']]);
      const load = of.load(system);
      load.start();
      for (let kills = 0; kills < 3; kills += 1) {
        const crashAt = { point: 'before-publish', time: of.chance.between(1, 4), signal: 'SIGKILL' } as const;
        const [relay] = await of.launch(system, [['relay', 'writer'], { crashAt }]);
        await relay?.death();
      }
      await of.launch(system, [['relay']]);
      await load.stop();
      expect(await system.mismatches()).toEqual([]);
      expect(system.ledger.events).toBeGreaterThan(50);
    });

    row('row 2: killed after the publish and before the checkpoint, there are duplicates, and each has one effect', async (of) => {
      const system = await of.system();
      await of.launch(system, [['writer']], [['consumer']]);
      const load = of.load(system);
      load.start();
      for (let kills = 0; kills < 3; kills += 1) {
        const crashAt = { point: 'after-publish', time: of.chance.between(1, 4), signal: 'SIGKILL' } as const;
        const [relay] = await of.launch(system, [['relay'], { crashAt }]);
        await relay?.death();
      }
      await of.launch(system, [['relay']]);
      await load.stop();
      expect(await system.mismatches()).toEqual([]);
      expect(system.auditor.duplicates).toBeGreaterThan(0);
    });

    row('row 2: a consumer killed before, during and after its transaction takes each event in once', async (of) => {
      const system = await of.system();
      await of.launch(system, [['writer', 'relay']]);
      const load = of.load(system);
      load.start();
      for (const point of ['before-batch', 'in-apply', 'after-apply', 'after-commit'] as const) {
        const crashAt = { point, time: of.chance.between(1, 6), signal: 'SIGKILL' } as const;
        const [consumer] = await of.launch(system, [['consumer'], { crashAt }]);
        await consumer?.death();
      }
      await of.launch(system, [['consumer']]);
      await load.stop();
      expect(await system.mismatches()).toEqual([]);
    });
  });
};
