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
  /** Why it is not ready, in words. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  readonly relay?: Relay;
}

const lookAgain_ms = 200;
/** So long a service that is not ready may not say what it publishes. */
const unsaid_ms = 10_000;
/** So long nothing may move before it is said that something is in the way. */
const patienceDefault_ms = 60_000;
const decimal = /^\d+$/;

/** Positions of a record are decimal numbers. */
const isAt = (position: string | undefined, head: string): boolean =>
  position !== undefined && decimal.test(position) && decimal.test(head) && BigInt(position) >= BigInt(head);

const servicesOf = async (call: PlatformCall): Promise<readonly ServiceState[]> =>
  (await call.request<{ readonly services: readonly ServiceState[] }>('GET', '/api/operations')).services;

const publisherOf = async (call: PlatformCall, topic: string, patience_ms: number): Promise<ServiceState> => {
  const until_ms = performance.now() + patience_ms;
  let services = await servicesOf(call);
  for (;;) {
    const publisher = services.find(({ relay }) => relay?.topic === topic);
    if (publisher) return publisher;
    // One that is not ready may publish it, and not say so while an engine is slow.
    if (services.every(({ ready }) => ready) || performance.now() > until_ms) break;
    await pause(lookAgain_ms);
    services = await servicesOf(call);
  }
  const silent = services.filter(({ ready }) => !ready).map(({ service }) => service);
  const known = services.flatMap(({ relay }) => relay?.topic ?? []);
  const lack = silent.length === 0 ? '' : ` Not ready: ${silent.join(', ')}.`;
  throw new Error(`No service publishes "${topic}". There are: ${known.join(', ') || 'none'}.${lack}`);
};

/** Nothing was published for so long; it goes on by itself once what is in the way is gone. */
class StandsStillError extends Error {
  override readonly name = 'StandsStillError';
  constructor(topic: string, upTo: string | undefined, state: ServiceState | undefined, patience_ms: number) {
    const reasons = (state?.failures ?? []).map(({ name, reason }) => `${name}: ${reason}`);
    const why = reasons.length === 0 ? '' : ` What the service says: ${reasons.join('; ')}.`;
    super(`${topic} stands at ${upTo ?? 'its beginning'} for ${patience_ms / 1_000} s.${why} It goes on by itself; cairn replay need not be given again.`);
  }
}

/** @throws StandsStillError when nothing was published for `patience_ms` */
export const replayOn = async (call: PlatformCall, topic: string, patience_ms = patienceDefault_ms): Promise<void> => {
  const { service, relay: before } = await publisherOf(call, topic, Math.min(patience_ms, unsaid_ms));
  // What is recorded from here on is published anyway; on a busy platform there would always be more of it.
  const head = before?.head ?? '0';
  const content = Buffer.from(JSON.stringify({ topic }));
  await call.request('POST', `/api/services/${service}/relay/replay`, { type: 'application/json', content });
  const progress = progressTo(process.stderr);
  let moved = { upTo: undefined as string | undefined, at_ms: performance.now() };
  for (;;) {
    const state = (await servicesOf(call)).find((one) => one.service === service);
    const upTo = state?.relay?.publishedUpTo;
    progress(`${topic}: published up to ${upTo ?? 'nothing yet'} of ${head}`);
    if (state?.relay?.caughtUp === true || isAt(upTo, head)) break;
    if (upTo !== moved.upTo) moved = { upTo, at_ms: performance.now() };
    if (performance.now() - moved.at_ms > patience_ms) throw new StandsStillError(topic, upTo, state, patience_ms);
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
