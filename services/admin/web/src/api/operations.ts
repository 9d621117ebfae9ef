import { queryOptions, replaceEqualDeep } from '@tanstack/react-query';

import { getJson, send } from './http.js';
import type { Page } from './types.js';

/** Why something is not well, in the words of the service. */
export interface Finding {
  readonly name: string;
  readonly reason: string;
}

export interface EngineState {
  readonly role: 'event-store' | 'bus' | 'database';
  readonly kind: 'postgresql' | 'eventstoredb' | 'kafka';
  readonly state: 'up' | 'down';
  readonly detail?: string;
  readonly answered_ms?: number;
}

export interface ReadModelState {
  readonly name: string;
  readonly position?: string;
  readonly head?: string;
  readonly caughtUp: boolean;
  /** Events of the log that are not in the tables yet. */
  readonly lagEvents?: number;
  readonly failure?: string;
  readonly generation?: number;
  /** The generation that is built beside the one that is read. */
  readonly building?: { readonly generation: number; readonly position?: string; readonly head?: string };
  readonly canGoBack?: boolean;
  readonly lastRebuild?: { readonly rowsDiffer: number; readonly at: string };
}

export interface ServiceState {
  readonly service: string;
  readonly ready: boolean;
  readonly failures: readonly Finding[];
  readonly warnings?: readonly Finding[];
  readonly engines?: readonly EngineState[];
  readonly relay?: { readonly topic: string; readonly caughtUp: boolean; readonly behind_ms: number };
  /** What is undefined stands in an engine that does not tell. */
  readonly consumer?: { readonly topics: readonly string[]; readonly lag?: number; readonly parkedKeys?: number; readonly parkedMessages?: number };
  readonly readModels?: readonly ReadModelState[];
}

export interface Operations {
  readonly services: readonly ServiceState[];
  readonly checkedAt: string;
}

/** A message that a service could not apply, without what it says. */
export interface ParkedMessage {
  readonly sequence?: string;
  readonly topic: string;
  readonly key: string;
  readonly messageId: string;
  readonly type?: string;
  readonly district?: string;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
}

export interface Replayed {
  readonly replayed: number;
  readonly left: number;
  readonly reason?: string;
}

/** Often enough that a rebuild is seen moving, and seldom enough to weigh nothing. */
const refresh_ms = 2_000;

/** How much is parked, as it was told last where an engine was too slow to tell: the list of it that somebody works on must not go because of that. */
export const withParkedToldLast = (now: Operations, before: Operations | undefined): Operations => ({
  ...now,
  services: now.services.map((service) => {
    const last = before?.services.find((one) => one.service === service.service)?.consumer;
    if (last === undefined || service.consumer?.parkedMessages !== undefined) return service;
    const { lag: _then, ...parked } = last;
    return { ...service, consumer: { ...parked, ...service.consumer } };
  }),
});

export const operationsQuery = queryOptions({
  queryKey: ['operations'],
  queryFn: ({ signal }) => getJson<Operations>('/api/operations', {}, signal),
  structuralSharing: (before, now) => replaceEqualDeep(before, withParkedToldLast(now as Operations, before as Operations | undefined)),
  refetchInterval: refresh_ms,
});

const parkedShownMax = 100;

const ofService = (service: string): string => `/api/services/${encodeURIComponent(service)}`;

/** The oldest parked messages of a service. */
export const parkedQuery = (service: string) =>
  queryOptions({
    queryKey: ['operations', 'parked', service],
    queryFn: ({ signal }) => getJson<Page<ParkedMessage>>(`${ofService(service)}/parked-messages`, { limit: parkedShownMax }, signal),
    refetchInterval: refresh_ms,
  });

export const replayParked = (service: string, body: { topic: string; key: string }): Promise<Replayed> =>
  send(`${ofService(service)}/parked-messages/replay`, { json: body });

export const dropParked = (service: string, body: { topic: string; key: string; messageId: string; reason: string }): Promise<void> =>
  send(`${ofService(service)}/parked-messages/drop`, { json: body });

export const rebuildReadModel = (service: string, name: string): Promise<void> =>
  send(`${ofService(service)}/read-models/${encodeURIComponent(name)}/rebuild`, { json: {} });

export const goBackReadModel = (service: string, name: string): Promise<void> =>
  send(`${ofService(service)}/read-models/${encodeURIComponent(name)}/go-back`, { json: {} });
