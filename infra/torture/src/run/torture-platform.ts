import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { startKafka } from '@cairn/engines/testing';
import type { RunningKafka } from '@cairn/engines/testing';

import { Chance } from '../chance.js';
import { loadDisturbed, mismatchesOf, untilLoaded } from '../platform/disturbed-load.js';
import { Platform } from '../platform/platform.js';
import type { Portrait } from '../platform/portrait.js';
import { portraitOf } from '../platform/portrait.js';
import type { Death } from '../platform/victims.js';
import { deathsBy, victimsOf } from '../platform/victims.js';
import type { RunOptions } from './options.js';

const deathsMax = 5;

interface Undisturbed {
  readonly portrait: Portrait;
  readonly events: number;
}

const loadUndisturbed = async (folder: string): Promise<Undisturbed> => {
  const platform = new Platform(join(folder, 'undisturbed'));
  try {
    await untilLoaded(platform);
    return { portrait: await portraitOf(platform), events: await platform.recorded() };
  } finally {
    await platform.stop();
  }
};

const told = (deaths: readonly Death[]): string => deaths.map(({ victim, at }) => `${victim.name} at ${at}`).join(', ');

/** One load in a data directory of its own. @returns what is wrong, with what the platform said last */
const runLoad = async (dataDir: string, { portrait }: Undisturbed, deaths: readonly Death[], broker: RunningKafka | undefined, cycle: number) => {
  const platform = new Platform(dataDir, broker ? { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_TOPIC_PREFIX: `load-${cycle}.` } : {});
  try {
    await loadDisturbed(platform, deaths, broker);
    return await mismatchesOf(platform, portrait);
  } catch (error) {
    return [String(error instanceof Error ? error.stack : error), platform.said];
  } finally {
    await platform.stop();
  }
};

/**
 * Loads the sample again and again, each time while one to five processes of the platform are killed by chance, and
 * compares each district with that of an undisturbed load. Ends at the first difference, and keeps the evidence.
 * @returns whether all was well
 */
export const torturePlatform = async (options: RunOptions, say: (line: string) => void): Promise<boolean> => {
  await mkdir(options.out, { recursive: true });
  const folder = await mkdtemp(join(options.out, `platform-${options.seed}-`));
  const kafka = options.bus === 'kafka';
  say(`torture of the platform: ${options.cycles} loads over ${options.bus}, seed ${options.seed}, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
  const began_ms = performance.now();
  const undisturbed = await loadUndisturbed(folder);
  say(`undisturbed: ${undisturbed.events} events, ${Math.round((performance.now() - began_ms) / 1_000)} s`);
  const broker = kafka ? await startKafka({ dataDir: join(folder, 'kafka') }) : undefined;
  const chance = new Chance(options.seed);
  const counts = new Map<string, number>();
  try {
    for (let cycle = 1; cycle <= options.cycles; cycle += 1) {
      const deaths = deathsBy(chance, victimsOf(kafka), chance.between(1, deathsMax), undisturbed.events);
      const dataDir = join(folder, `load-${cycle}`);
      const wrong = await runLoad(dataDir, undisturbed, deaths, broker, cycle);
      say(`load ${cycle}, ${Math.round((performance.now() - began_ms) / 1_000)} s: killed ${told(deaths)}: ${wrong.length === 0 ? 'equal' : 'NOT EQUAL'}`);
      if (wrong.length > 0) {
        say(wrong.join('\n'));
        await writeFile(join(folder, 'failure.txt'), [`seed ${options.seed}, load ${cycle}`, told(deaths), ...wrong].join('\n'));
        say(`The evidence stays in ${folder}. Had again with: npm run torture -- --platform --bus ${options.bus} --seed ${options.seed}`);
        return false;
      }
      for (const { victim } of deaths) counts.set(victim.name, (counts.get(victim.name) ?? 0) + 1);
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  } finally {
    await broker?.stop();
    for (const [name, count] of [...counts].sort(([left], [right]) => (left < right ? -1 : 1))) say(`  ${String(count).padStart(4)}  ${name}`);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  say('mismatches        0');
  return true;
};
