import { readFile } from 'node:fs/promises';

import type { LocalPerson, LocalTokenIssuer } from '@cairn/admin';

import { samplePeople, sampleScript } from '../sample/index.js';
import { playScript } from './play-script.js';
import { SampleStates } from './sample-state.js';
import type { ServiceUrls } from './sample-client.js';

export interface SampleLoad {
  readonly databaseUrl: string;
  /** Whether a store that holds nothing yet gets the sample. One that was begun is finished in any case. */
  readonly wanted: boolean;
  readonly today: string;
  readonly urls: ServiceUrls;
  readonly issuer: LocalTokenIssuer;
  readonly operator: LocalPerson;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

const seed = 20_240_801;
const samples = new URL('../../../../samples/nashville/', import.meta.url);

const hasDistricts = async ({ urls, issuer, operator, signal }: SampleLoad): Promise<boolean> => {
  const token = await issuer.issue(operator, '5m');
  const response = await fetch(`${urls.directory}/api/districts?limit=1`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.any([AbortSignal.timeout(10_000), signal]),
  });
  if (!response.ok) throw new Error(`The directory does not list its districts: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { readonly items: readonly unknown[] }).items.length > 0;
};

/**
 * Loads the Nashville sample into a store that holds nothing yet, or goes on with a load that was cut off: every
 * command bears its key, so that what was recorded before is answered and not recorded again.
 */
export const loadSampleOnce = async (load: SampleLoad): Promise<void> => {
  const states = await SampleStates.open(load.databaseUrl);
  try {
    const known = await states.read();
    if (known?.loaded) return;
    if (!known && (!load.wanted || (await hasDistricts(load)))) return;
    const { today, seed: chosen } = known ?? (await states.begin(load.today, seed));
    const steps = sampleScript({
      roster2024: await readFile(new URL('mnps-schools-2024.csv', samples), 'utf8'),
      schools2016: await readFile(new URL('nashville-schools-2016.csv', samples), 'utf8'),
      today,
      seed: chosen,
    });
    await playScript(steps, { ...load, people: samplePeople });
    await states.finish();
  } finally {
    await states.close();
  }
};
