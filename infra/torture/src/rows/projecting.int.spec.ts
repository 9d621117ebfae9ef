import { describe, expect } from '@jest/globals';

import { checkReader, untilTakenIn } from '../model/check-reader.js';
import { readTally } from '../model/read-model.js';
import { seenSchema } from '../system/settings.js';
import { until } from '../until.js';
import { rowsOfStore } from './store-only.js';

const projectionAlone = { groups: [], bus: false, projection: true } as const;

describe('a projection of the record', () => {
  const row = rowsOfStore();

  row('row 15: an owner of the projection that was frozen and replaced comes back: its commit is refused by the fence', async (of) => {
    const system = await of.system();
    await of.launch(system, [['writer']]);
    const load = of.load(system);
    load.start();
    const crashAt = { point: 'before-batch', time: of.chance.between(2, 6), signal: 'SIGSTOP' } as const;
    const [old] = await of.launch(system, [['projection'], { crashAt }]);
    await until('the owner is frozen', async () => (await old?.isStopped()) === true);
    await of.launch(system, [['projection']]);
    await load.stop();
    await untilTakenIn(system.session, seenSchema, system.ledger.events);
    expect(await checkReader(system.session, seenSchema, system.ledger.inOrder())).toEqual([]);
    old?.thaw();
    await until('the old owner is refused', () => old?.troubles.some((trouble) => trouble.includes('Another copy took tally over')));
    await load.append('afterwards', [{}]);
    expect(await system.mismatches(projectionAlone)).toEqual([]);
  });

  row('row 15: an owner of the projection that was frozen within its transaction holds up nobody', async (of) => {
    const system = await of.system();
    await of.launch(system, [['writer']]);
    const load = of.load(system);
    load.start();
    const crashAt = { point: 'in-apply', time: of.chance.between(2, 6), signal: 'SIGSTOP' } as const;
    const [old] = await of.launch(system, [['projection'], { crashAt }]);
    await until('the owner is frozen', async () => (await old?.isStopped()) === true);
    await of.launch(system, [['projection']]);
    await load.stop();
    await untilTakenIn(system.session, seenSchema, system.ledger.events);
    expect(await checkReader(system.session, seenSchema, system.ledger.inOrder())).toEqual([]);
    old?.thaw();
    await load.append('afterwards', [{}]);
    expect(await system.mismatches(projectionAlone)).toEqual([]);
  });

  row('row 16: a bug, its fix and a rebuild under load: readers never wait, the new generation is a clean replay, and there is a way back', async (of) => {
    const system = await of.system();
    const [, wrong] = await of.launch(system, [['writer']], [['projection'], { bug: true }]);
    // The driver leaves the machine something to build with; what is built has to catch up with it.
    const load = of.load(system, { lanes: 3, pause_ms: 200 });
    load.start();
    await until('there are events enough', () => system.ledger.events > 150);
    await untilTakenIn(system.session, seenSchema, 150);
    // A reader that asks all the time is always answered with a whole read model: never an error, never fewer streams.
    let asking = true;
    const answers: number[] = [];
    const reading = (async () => {
      while (asking) {
        answers.push((await readTally(system.session, seenSchema)).reduce((sum, { version }) => sum + version, 0));
        await of.pause(5, 20);
      }
    })();
    of.onEnd(() => {
      asking = false;
      return reading;
    });
    await wrong?.kill();
    const [fixed] = await of.launch(system, [['projection']]);
    await until('the fixed one owns the projection', async () => (await fixed?.status())?.generation === 1);
    await fixed?.build('rebuild');
    await until('the new generation serves', async () => {
      const told = await fixed?.status();
      return told?.generation === 2 && !told.building;
    });
    const before = system.ledger.events;
    await until('the load goes on', () => system.ledger.events > before + 50);
    await load.stop();
    expect(await system.mismatches(projectionAlone)).toEqual([]);
    // Back to the generation with the bug, brought up to date; the fault of what is in it is to be seen again.
    await fixed?.build('go-back');
    await until('the generation before serves', async () => {
      const told = await fixed?.status();
      return told !== undefined && told.generation !== 2 && !told.building;
    });
    expect(await checkReader(system.session, seenSchema, system.ledger.inOrder())).not.toEqual([]);
    await load.append('afterwards', [{}]);
    await untilTakenIn(system.session, seenSchema, system.ledger.events);
    await fixed?.build('rebuild');
    await until('a clean one serves', async () => (await checkReader(system.session, seenSchema, system.ledger.inOrder())).length === 0);
    asking = false;
    await reading;
    expect(answers.length).toBeGreaterThan(20);
    expect(answers).toEqual([...answers].sort((left, right) => left - right));
  });
});
