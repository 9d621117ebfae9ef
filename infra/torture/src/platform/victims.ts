import type { RunningKafka } from '@cairn/engines/testing';

import type { Chance } from '../chance.js';
import { until } from '../until.js';
import type { Platform } from './platform.js';
import { services } from './processes.js';

/** Something that dies while the sample is loaded. */
export interface Victim {
  readonly name: string;
  /** kill -9; resolves once it is done, to something that ran. What does not come back by itself is started again. */
  die(platform: Platform, broker: RunningKafka | undefined): Promise<void>;
}

const ofPlatform: readonly Victim[] = [
  ...services.map((service): Victim => ({
    name: service,
    // Whoever started it starts it again. Between two runs of it there is nothing to kill.
    die: async (platform) => {
      await until(`${service} is killed`, async () => {
        await platform.start();
        return platform.killService(service);
      });
    },
  })),
  {
    name: 'the platform',
    die: async (platform) => {
      await until('the platform is killed', async () => {
        await platform.start();
        return platform.killParent();
      });
    },
  },
  {
    name: 'PostgreSQL',
    die: async (platform) => {
      await until('PostgreSQL is killed', async () => {
        await platform.start();
        return platform.killPostgres();
      });
    },
  },
];

const broker: Victim = {
  name: 'the broker',
  die: async (_platform, kafka) => {
    await kafka?.kill();
    await kafka?.restart();
  },
};

/** Everything at once, as far as one after the other is at once. */
const everything: Victim = {
  name: 'everything',
  die: async (platform, kafka) => {
    await until('everything is killed', async () => {
      await platform.start();
      const killed = await platform.killPostgres();
      if (!killed) return false;
      await Promise.all(services.map((service) => platform.killService(service)));
      platform.killParent();
      return true;
    });
    if (kafka) await broker.die(platform, kafka);
  },
};

/** All that can die, with a broker or without one. */
export const victimsOf = (withBroker: boolean): readonly Victim[] => [...ofPlatform, ...(withBroker ? [broker] : []), everything];

/** A death at a moment: once so many events are on record. */
export interface Death {
  readonly victim: Victim;
  readonly at: number;
}

/** So many deaths fall on the first events, in which the district is made, though there are few of these. */
const shareOfBeginning = 0.25;
const beginningMax = 160;
/** The last moments are left out: the load could have ended before whoever is to die has died. */
const shareMax = 0.85;

/** So many deaths during one load, in their order, no victim twice. */
export const deathsBy = (chance: Chance, victims: readonly Victim[], count: number, events: number): readonly Death[] => {
  const left = [...victims];
  const moment = (): number =>
    chance.next() < shareOfBeginning ? chance.between(0, beginningMax) : chance.between(beginningMax, Math.floor(events * shareMax));
  const moments = Array.from({ length: Math.min(count, left.length) }, moment).sort((one, other) => one - other);
  return moments.map((at) => ({ at, victim: left.splice(chance.between(0, left.length - 1), 1)[0] ?? everything }));
};
