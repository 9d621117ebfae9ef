import { setTimeout as pause } from 'node:timers/promises';

import { endProgress, progressTo } from './progress.js';
import type { PlatformCall } from './with-platform.js';
import { callOf, withPlatform } from './with-platform.js';

export interface ReplayOptions {
  readonly topic: string;
  readonly data: string;
  /** A platform elsewhere, and who asks. */
  readonly url?: string;
  readonly token?: string;
}

interface Relay {
  readonly topic: string;
  readonly publishedUpTo?: string;
  readonly head: string;
  readonly caughtUp: boolean;
}

interface ServiceState {
  readonly service: string;
  readonly ready: boolean;
  readonly relay?: Relay;
}

const lookAgain_ms = 200;

const servicesOf = async (call: PlatformCall): Promise<readonly ServiceState[]> =>
  (await call.request<{ readonly services: readonly ServiceState[] }>('GET', '/api/operations')).services;

const publisherOf = async (call: PlatformCall, topic: string): Promise<ServiceState> => {
  const services = await servicesOf(call);
  const publisher = services.find(({ relay }) => relay?.topic === topic);
  if (publisher) return publisher;
  const silent = services.filter(({ ready }) => !ready).map(({ service }) => service);
  const known = services.flatMap(({ relay }) => relay?.topic ?? []);
  const lack = silent.length === 0 ? '' : ` Not ready: ${silent.join(', ')}.`;
  throw new Error(`No service publishes "${topic}". There are: ${known.join(', ') || 'none'}.${lack}`);
};

const replayOn = async (call: PlatformCall, topic: string): Promise<void> => {
  const { service } = await publisherOf(call, topic);
  const content = Buffer.from(JSON.stringify({ topic }));
  await call.request('POST', `/api/services/${service}/relay/replay`, { type: 'application/json', content });
  const progress = progressTo(process.stderr);
  for (;;) {
    const relay = (await servicesOf(call)).find((state) => state.service === service)?.relay;
    progress(`${topic}: published up to ${relay?.publishedUpTo ?? 'nothing yet'} of ${relay?.head ?? '?'}`);
    if (relay?.caughtUp) break;
    await pause(lookAgain_ms);
  }
  endProgress(process.stderr);
  console.log(`The whole history of ${topic} is published once more, in its order. Who keeps ids has applied nothing twice.`);
};

/** `cairn replay --topic`: publishes the history of a topic from the record, for a log that lost it or never had it. */
export const replay = async ({ topic, data, url, token }: ReplayOptions): Promise<void> => {
  const work = (call: PlatformCall): Promise<void> => replayOn(call, topic);
  if (url === undefined) return withPlatform(data, work);
  if (!token) throw new Error('A platform elsewhere asks who you are: set CAIRN_TOKEN, or give --token.');
  return work(callOf(url.replace(/\/+$/, ''), token));
};
