import { setTimeout as pause } from 'node:timers/promises';

import { storedServices } from '../platform/start-platform.js';
import { endProgress, progressTo } from './progress.js';
import type { PlatformCall } from './with-platform.js';
import { withPlatform } from './with-platform.js';

interface Status {
  readonly name: string;
  readonly building?: { readonly position?: string; readonly head?: string; readonly failure?: string };
  readonly lastRebuild?: { readonly rowsDiffer: number; readonly tables: readonly { readonly rows: number }[] };
}

interface Found {
  readonly service: string;
  readonly name: string;
}

const statusesOf = async (call: PlatformCall, service: string): Promise<readonly Status[]> => {
  const { items } = await call.request<{ readonly items: readonly Status[] }>('GET', `/api/services/${service}/read-models`);
  return items;
};

/** The scaling plan has no read model of its own: it decides on its streams. */
const readingServices = storedServices.filter((service) => service !== 'scaling-plan');

const findAll = async (call: PlatformCall): Promise<readonly Found[]> => {
  const found = readingServices.map(async (service) => (await statusesOf(call, service)).map(({ name }) => ({ service, name })));
  return (await Promise.all(found)).flat();
};

/** What the new generation is, beside the one that was read until now. */
const told = ({ lastRebuild }: Status): string => {
  const rows = lastRebuild?.tables.reduce((sum, table) => sum + table.rows, 0) ?? 0;
  const differ = lastRebuild?.rowsDiffer ?? 0;
  return differ === 0 ? `${rows} rows, all as they were` : `${rows} rows, ${differ} of them not as they were`;
};

/** The read model answers all the while; it is built anew beside. */
const rebuildOne = async (call: PlatformCall, { service, name }: Found): Promise<void> => {
  const progress = progressTo(process.stderr);
  await call.request('POST', `/api/services/${service}/read-models/${encodeURIComponent(name)}/rebuild`);
  for (;;) {
    const status = (await statusesOf(call, service)).find((candidate) => candidate.name === name);
    const { building } = status ?? {};
    if (building?.failure !== undefined) throw new Error(`${name} ${building.failure}. What was read until now is read on.`);
    if (status && !building) {
      endProgress(process.stderr);
      console.log(`${name} is derived anew: ${told(status)}.`);
      return;
    }
    progress(`${name}: at ${building?.position ?? '0'} of ${building?.head ?? '0'}`);
    await pause(100);
  }
};

/** `cairn rebuild`: has a read model derived again beside the one that is read, and waits, with progress, until it takes its place. */
export const rebuild = async (readModel: string, { data }: { readonly data: string }): Promise<void> =>
  withPlatform(data, async (call) => {
    const known = await findAll(call);
    const asked = readModel === 'all' ? known : known.filter(({ name }) => name === readModel);
    if (asked.length === 0) {
      throw new Error(`There is no read model "${readModel}". There are: ${known.map(({ name }) => name).join(', ')}.`);
    }
    for (const found of asked) await rebuildOne(call, found);
  });
