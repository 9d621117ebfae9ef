import { setTimeout as sleep } from 'node:timers/promises';

import { copySchema } from '../faults/copy-tables.js';
import { flipBit } from '../faults/flip-bit.js';
import type { Stone } from '../ledger/append-ledger.js';
import { checkChains } from '../model/check-record.js';
import { defaultGroup, scope } from '../system/settings.js';
import { until } from '../until.js';
import type { Fault } from './faults.js';
import type { World } from './world.js';

/** A message that the consumers cannot take in parks its key; one that can replays it. */
const parks = async (world: World, stone: Partial<Stone>): Promise<void> => {
  const { system, load, chance } = world;
  const name = `stuck-${chance.between(1, 1e9)}`;
  await load.append(name, [{}, stone, {}, {}]);
  const parked = () => system.session.query(`SELECT 1 FROM ${defaultGroup}.parked_message WHERE key = $1`, [`${scope}.cairn-${name}`]);
  await until('the key is parked', async () => (await parked()).length === 3);
  const cured = await world.launch(['consumer'], { mended: true, schemaVersionMax: 2 }).ready();
  await until('the key is replayed', async () => (await cured.replay(`${scope}.cairn-${name}`)).left === 0);
  await cured.kill();
};

const restoredReader = async ({ system, chance }: World): Promise<void> => {
  const consumers = system.with('consumer');
  await copySchema(system.session, defaultGroup, 'backup');
  await sleep(chance.between(200, 1_000));
  await Promise.all(consumers.map((copy) => copy.kill()));
  await copySchema(system.session, 'backup', defaultGroup);
};

const flipped = async ({ system, chance }: World): Promise<void> => {
  const { stream, version, position } = chance.pick(system.ledger.inOrder());
  const unflip = await flipBit(system.session, chance, stream, version);
  const breaks = await checkChains(system.url);
  await unflip();
  if (breaks.length !== 1 || !breaks[0]?.includes(`"stream":"${stream}","version":${version},`)) {
    throw new Error(`A bit of ${stream}, version ${version}, position ${position}, was flipped; found was ${JSON.stringify(breaks)}`);
  }
};

/** Faults of what is stored and of what is delivered. */
export const dataFaults: readonly Fault[] = [
  {
    name: 'everything delivered twice',
    rows: [6],
    inflict: async (world) => {
      const old = world.system.with('consumer');
      const twice = await world.launch(['consumer'], { twice: true }).ready();
      await Promise.all(old.map((copy) => copy.kill()));
      await sleep(world.chance.between(200, 1_000));
      await twice.kill();
    },
  },
  {
    name: 'everything published again',
    rows: [2, 6],
    inflict: async (world) => {
      const before = world.system.auditor.duplicates;
      const again = await world.launch(['relay'], { relay: `again-${world.chance.between(1, 1e9)}` }).ready();
      await until('something is published again', () => world.system.auditor.duplicates > before, 30_000);
      await sleep(world.chance.between(0, 300));
      await again.kill();
    },
  },
  { name: 'a poison message', rows: [8], inflict: (world) => parks(world, { poison: true }) },
  { name: 'an event of a newer version', rows: [19], inflict: (world) => parks(world, { schemaVersion: 2 }) },
  { name: 'read model restored from an older backup', rows: [17], inflict: restoredReader },
  { name: 'a bit flipped past the guard', rows: [18], inflict: flipped },
];
