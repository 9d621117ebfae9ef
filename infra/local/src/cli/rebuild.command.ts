import { setTimeout as pause } from 'node:timers/promises';

import { storedServices } from '../platform/start-platform.js';
import { endProgress, progressTo } from './progress.js';
import type { PlatformCall } from './with-platform.js';
import { withPlatform } from './with-platform.js';

interface Status {
  readonly name: string;
  readonly position?: string;
  readonly head?: string;
  readonly caughtUp: boolean;
  readonly failure?: string;
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

const rebuildOne = async (call: PlatformCall, { service, name }: Found): Promise<void> => {
  const progress = progressTo(process.stderr);
  await call.request('POST', `/api/services/${service}/read-models/${encodeURIComponent(name)}/rebuild`);
  for (;;) {
    const status = (await statusesOf(call, service)).find((candidate) => candidate.name === name);
    if (status?.failure !== undefined) throw new Error(`${name} fails: ${status.failure}`);
    progress(`${name}: at ${status?.position ?? '0'} of ${status?.head ?? '0'}`);
    if (status?.caughtUp) break;
    await pause(100);
  }
  endProgress(process.stderr);
  console.log(`${name} is derived anew.`);
};

/** `cairn rebuild`: drops a read model and waits, with progress, until it is derived again. */
export const rebuild = async (readModel: string, { data }: { readonly data: string }): Promise<void> =>
  withPlatform(data, async (call) => {
    const known = await findAll(call);
    const asked = readModel === 'all' ? known : known.filter(({ name }) => name === readModel);
    if (asked.length === 0) {
      throw new Error(`There is no read model "${readModel}". There are: ${known.map(({ name }) => name).join(', ')}.`);
    }
    for (const found of asked) await rebuildOne(call, found);
  });
