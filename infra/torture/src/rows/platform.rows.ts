import { join } from 'node:path';

import { testFolder } from '@cairn/embedded-postgres/testing';
import { startKafka } from '@cairn/engines/testing';
import type { RunningKafka } from '@cairn/engines/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { Chance, seedOfRun } from '../chance.js';
import { loadDisturbed, mismatchesOf, untilLoaded } from '../platform/disturbed-load.js';
import { Platform } from '../platform/platform.js';
import type { Portrait } from '../platform/portrait.js';
import { portraitOf } from '../platform/portrait.js';
import type { Death } from '../platform/victims.js';
import { deathsBy, victimsOf } from '../platform/victims.js';

export interface PlatformOptions {
  readonly kafka: boolean;
  /** Of one load. */
  readonly deaths: number;
}

const timeout_ms = 900_000;

/** The whole platform: whatever of it is killed while it loads the sample, the district is that of an undisturbed load. */
export const platformRows = ({ kafka, deaths: count }: PlatformOptions): void => {
  describe(`the platform over ${kafka ? 'Kafka' : 'PostgreSQL'}, each service a process`, () => {
    let undisturbed: Portrait;
    let events: number;
    let platform: Platform;
    let broker: RunningKafka | undefined;

    beforeAll(async () => {
      platform = new Platform(join(await testFolder(), 'data'));
      await untilLoaded(platform);
      undisturbed = await portraitOf(platform);
      events = await platform.recorded();
      await platform.stop();
    }, timeout_ms);
    afterEach(() => platform.stop(), 120_000);
    afterAll(() => broker?.stop(), 60_000);

    test('is killed piece by piece while it loads the sample, is started again, and has the same district', async () => {
      const seed = seedOfRun();
      const deaths = deathsBy(new Chance(seed), victimsOf(kafka), count, events);
      const told = deaths.map(({ victim, at }: Death) => `${victim.name} at ${at}`).join(', ');
      process.stdout.write(`The platform over ${kafka ? 'Kafka' : 'PostgreSQL'}: of ${events} events killed ${told}: CAIRN_SEED=${seed}\n`);
      if (kafka) broker = await startKafka({ dataDir: await testFolder() });
      platform = new Platform(join(await testFolder(), 'data'), broker ? { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_TOPIC_PREFIX: 'torture.' } : {});
      const [first] = await loadDisturbed(platform, deaths, broker);
      // A death after the load would prove nothing.
      expect(first).toBeLessThan(events);
      expect({ seed, mismatches: await mismatchesOf(platform, undisturbed) }).toEqual({ seed, mismatches: [] });
      expect(await platform.recorded()).toBe(events);
    }, timeout_ms);
  });
};
