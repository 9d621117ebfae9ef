import type { RunningKafka } from '@cairn/engines/testing';

import { until } from '../until.js';
import type { Platform } from './platform.js';
import type { Portrait } from './portrait.js';
import { differencesOf, portraitOf } from './portrait.js';
import type { Death } from './victims.js';

/** A load may take as long as a busy machine needs; what stands still for so long does not come back. */
const loadTimeout_ms = 600_000;

const running = async (platform: Platform, what: string, condition: () => Promise<boolean>): Promise<void> => {
  let fatal: unknown;
  const come = async (): Promise<boolean> => {
    // An end that nothing explains ends the waiting, too.
    await platform.start().catch((error: unknown) => (fatal = error));
    return fatal !== undefined || condition();
  };
  await until(what, come, loadTimeout_ms).catch((error: unknown) => {
    throw new Error(`${String(error)}\nThe platform said:\n${platform.said}`, { cause: error });
  });
  if (fatal !== undefined) throw fatal;
};

/** Starts the platform until the sample is loaded and read. */
export const untilLoaded = (platform: Platform): Promise<void> =>
  running(platform, 'the sample is loaded', async () => platform.url !== undefined);

/**
 * Loads the sample while this and that dies, and goes on with it each time.
 * @returns how many events were on record right before each death
 */
export const loadDisturbed = async (platform: Platform, deaths: readonly Death[], broker?: RunningKafka): Promise<readonly number[]> => {
  const seen: number[] = [];
  for (const { victim, at } of deaths) {
    let recorded = 0;
    // A load that is over too early is not waited for: what it lacks is told by the comparison.
    const come = async (): Promise<boolean> => (recorded = await platform.recorded()) >= at || platform.url !== undefined;
    await running(platform, `${at} events are on record`, come);
    seen.push(recorded);
    await victim.die(platform, broker);
  }
  await untilLoaded(platform);
  return seen;
};

/** What is wrong with a district that was loaded; empty when it is that of an undisturbed load, and its record is whole. */
export const mismatchesOf = async (platform: Platform, undisturbed: Portrait): Promise<readonly string[]> => {
  const { code, said } = await platform.verify();
  const whole = code === 0 && said.includes('The record is whole.');
  return [...differencesOf(await portraitOf(platform), undisturbed), ...(whole ? [] : [`cairn verify ended with code ${code}:\n${said}`])];
};
