import type { PlatformCall } from './with-platform.js';

/** A parked message as a service lists it. */
export interface ParkedMessage extends ParkedKey {
  readonly sequence: string;
  readonly messageId: string;
  readonly district?: string;
  readonly type?: string;
  readonly reason: string;
  /** 0 for one that only stands behind another. */
  readonly attempts: number;
  readonly parkedAt: string;
}

/** A key with parked messages. Each service that listens to a topic parks for itself. */
export interface ParkedKey {
  readonly service: string;
  readonly topic: string;
  readonly key: string;
}

/** Which parked messages are meant; what is left out is not asked for. */
export interface Wanted {
  readonly service?: string;
  readonly topic?: string;
  readonly key?: string;
}

interface Page {
  readonly items: readonly Omit<ParkedMessage, 'service'>[];
  readonly next?: string;
}

const pathOfService = /^\/api\/services\/([^/]+)\/parked-messages$/;

/** The services that hear from others, as the door's description of the API tells. */
const servicesThatListen = async (call: PlatformCall): Promise<readonly string[]> => {
  const { paths } = await call.request<{ readonly paths: Readonly<Record<string, unknown>> }>('GET', '/api/openapi.json');
  return Object.keys(paths).flatMap((path) => pathOfService.exec(path)?.[1] ?? []).sort();
};

const servicesAsked = async (call: PlatformCall, service: string | undefined): Promise<readonly string[]> => {
  const known = await servicesThatListen(call);
  if (service === undefined) return known;
  if (known.includes(service)) return [service];
  throw new Error(`There is no service "${service}" that hears from others. There are: ${known.join(', ')}.`);
};

/** What is parked, service by service, in the order in which it was parked. @throws for a service that does not listen */
export async function* parkedOf(call: PlatformCall, wanted: Wanted): AsyncGenerator<ParkedMessage> {
  for (const service of await servicesAsked(call, wanted.service)) {
    let after: string | undefined;
    do {
      const query = new URLSearchParams({ limit: '500' });
      for (const [name, value] of Object.entries({ topic: wanted.topic, key: wanted.key, after })) {
        if (value !== undefined) query.set(name, value);
      }
      const page = await call.request<Page>('GET', `/api/services/${service}/parked-messages?${query.toString()}`);
      for (const item of page.items) yield { service, ...item };
      after = page.next;
    } while (after !== undefined);
  }
}

/** The keys that are parked, each once, in the order in which they were. */
export const keysOf = async (call: PlatformCall, wanted: Wanted): Promise<readonly ParkedKey[]> => {
  const keys = new Map<string, ParkedKey>();
  for await (const { service, topic, key } of parkedOf(call, wanted)) {
    keys.set(JSON.stringify([service, topic, key]), { service, topic, key });
  }
  return [...keys.values()];
};
