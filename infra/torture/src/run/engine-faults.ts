import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { until } from '../until.js';
import type { Fault } from './faults.js';
import type { World } from './world.js';

const openElsewhere = async ({ system, chance }: World): Promise<void> => {
  const other = new pg.Client({ connectionString: system.url });
  other.on('error', () => undefined);
  await other.connect();
  await other.query('BEGIN');
  await other.query('CREATE TABLE elsewhere (n int)');
  const { events } = system.ledger;
  await sleep(chance.between(300, 1_000));
  await until('appends go on beside it', () => system.ledger.events > events, 30_000);
  await other.query('ROLLBACK');
  await other.end();
};

const startedWithNothingThere = async (world: World): Promise<void> => {
  const { system, server } = world;
  await server.end(world.chance.pick(['fast', 'immediate', 'killed']));
  await Promise.all(system.living.map((copy) => copy.kill()));
  const lonely = await world.launch(['writer', 'relay', 'consumer']).ready();
  await sleep(world.chance.between(200, 1_000));
  if (!lonely.alive) throw new Error('A copy that found no engine has ended');
  await server.begin();
};

/** Faults of the engines, and of the network before them. */
export const engineFaults: readonly Fault[] = [
  {
    name: 'answers lost',
    rows: [4],
    inflict: async ({ chance, proxy }) => {
      proxy.loseAnswers(chance.between(2, 10));
      await until('the answers are lost', () => proxy.answersLeftToLose === 0, 30_000);
    },
  },
  {
    name: 'connections cut',
    rows: [4, 9],
    inflict: async ({ chance, proxy }) => {
      for (let cut = 0; cut < 5; cut += 1) {
        proxy.cut();
        await sleep(chance.between(20, 200));
      }
    },
  },
  {
    name: 'network frozen',
    rows: [4, 9],
    inflict: async ({ chance, proxy }) => {
      proxy.freeze();
      await sleep(chance.between(100, 4_000));
      proxy.thaw();
    },
  },
  {
    name: 'network down',
    rows: [9],
    inflict: async ({ chance, proxy }) => {
      await proxy.goDown();
      await sleep(chance.between(100, 1_500));
      await proxy.comeUp();
    },
  },
  { name: 'a long open transaction elsewhere', rows: [5], inflict: openElsewhere },
  ...(['fast', 'immediate', 'killed'] as const).map((how): Fault => ({
    name: `PostgreSQL restarted: ${how}`,
    rows: [10],
    inflict: ({ server, chance }) => server.restart(how, chance.between(0, 500)),
  })),
  {
    name: 'broker killed and restarted',
    rows: [9],
    bus: 'kafka',
    inflict: async ({ broker, chance }) => {
      await broker?.kill();
      await sleep(chance.between(0, 2_000));
      await broker?.restart();
    },
  },
  { name: 'started with nothing there', rows: [20], inflict: startedWithNothingThere },
];
