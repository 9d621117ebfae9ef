import { setTimeout as sleep } from 'node:timers/promises';

import type { Copy } from '../system/copy.js';
import type { CrashPoint, Role } from '../system/settings.js';
import { until } from '../until.js';
import type { Fault } from './faults.js';
import type { World } from './world.js';

const roleOfPoint: Readonly<Record<CrashPoint, Role>> = {
  'after-append': 'writer',
  'before-publish': 'relay',
  'after-publish': 'relay',
  'before-batch': 'consumer',
  'in-apply': 'consumer',
  'after-apply': 'consumer',
  'after-commit': 'consumer',
};

const kill = (copies: readonly Copy[]): Promise<unknown> => Promise.all(copies.map((copy) => copy.kill()));

/** Those that had the role before are killed, so that the new one is the one that gets there. */
const diesAt = async (world: World, point: CrashPoint): Promise<void> => {
  const { chance, system } = world;
  const role = roleOfPoint[point];
  const old = system.with(role);
  const crashAt = { point, time: chance.between(1, 6), signal: 'SIGKILL' } as const;
  const doomed = await world.launch([role], { crashAt }).ready();
  await kill(old);
  await Promise.race([doomed.death(20_000).catch(() => undefined), sleep(8_000)]);
  await doomed.kill();
};

const frozenOwner = async (world: World): Promise<void> => {
  const crashAt = { point: 'before-batch', time: world.chance.between(1, 5), signal: 'SIGSTOP' } as const;
  const old = await world.launch(['consumer'], { crashAt }).ready();
  await kill(world.system.with('consumer').filter((copy) => copy !== old));
  await until('the owner is frozen', () => old.isStopped(), 15_000).catch(() => undefined);
  await world.mend();
  await sleep(world.chance.between(500, 2_500));
  old.thaw();
  await sleep(world.chance.between(0, 500));
  await old.kill();
};

/** Faults of the copies of the service. */
export const processFaults: readonly Fault[] = [
  {
    name: 'one copy killed',
    rows: [1, 2, 3],
    inflict: async ({ chance, system }) => chance.pick(system.living).kill(),
  },
  { name: 'every copy killed', rows: [1, 2, 3], inflict: async ({ system }) => void (await kill(system.living)) },
  {
    name: 'killed at a point: around the publish',
    rows: [1, 2],
    inflict: (world) => diesAt(world, world.chance.pick(['before-publish', 'after-publish'])),
  },
  {
    name: 'killed at a point: within the effect',
    rows: [2],
    inflict: (world) => diesAt(world, world.chance.pick(['before-batch', 'in-apply', 'after-apply', 'after-commit'])),
  },
  { name: 'killed at a point: after the commit', rows: [4], inflict: (world) => diesAt(world, 'after-append') },
  {
    name: 'one copy frozen',
    rows: [15],
    inflict: async ({ chance, system }) => {
      const copy = chance.pick(system.living);
      copy.freeze();
      await sleep(chance.between(100, 3_000));
      copy.thaw();
    },
  },
  { name: 'an owner frozen, replaced and back', rows: [15], inflict: frozenOwner },
  {
    name: 'consumers come and go',
    rows: [14],
    inflict: async (world) => {
      for (let change = 0; change < 4; change += 1) {
        const joined = world.launch(['consumer']);
        await sleep(world.chance.between(100, 700));
        await world.chance.pick([joined, ...world.system.with('consumer')]).kill();
      }
      await kill(world.system.with('consumer'));
    },
  },
  {
    name: 'clocks an hour apart',
    rows: [13],
    inflict: async (world) => {
      const old = world.system.living;
      const hour_ms = 3_600_000;
      const skewed = [hour_ms, -hour_ms].map((skew_ms) => world.launch(['writer', 'relay', 'consumer'], { skew_ms }));
      await Promise.all(skewed.map((copy) => copy.ready()));
      await kill(old);
      await sleep(world.chance.between(100, 800));
      await kill(skewed);
    },
  },
];
