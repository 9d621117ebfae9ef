import type { EngineState, ServiceState } from '../../api/operations.js';

/** What keeps a service from being well, each reason once, with all that it is given for. */
export const reasonsOf = ({ failures, warnings = [] }: ServiceState): readonly { readonly names: readonly string[]; readonly reason: string }[] => {
  const findings = [...failures, ...warnings];
  const reasons = [...new Set(findings.map(({ reason }) => reason))];
  return reasons.map((reason) => ({ reason, names: findings.filter((one) => one.reason === reason).map(({ name }) => name) }));
};

export interface PlatformState {
  readonly kind: 'well' | 'behind' | 'down';
  readonly ready: number;
  readonly parked: number;
}

const isBehind = ({ relay, consumer, readModels = [] }: ServiceState): boolean =>
  relay?.caughtUp === false || (consumer?.lag ?? 0) > 0 || readModels.some(({ caughtUp, building }) => !caughtUp || building !== undefined);

/** The state of the whole in a word: something is down, everything runs but is not done yet, or all is well. */
export const stateOf = (services: readonly ServiceState[]): PlatformState => {
  const ready = services.filter((service) => service.ready).length;
  const parked = services.reduce((sum, { consumer }) => sum + (consumer?.parkedMessages ?? 0), 0);
  const down = ready < services.length || services.some(({ engines = [] }) => engines.some(({ state }) => state === 'down'));
  return { kind: down ? 'down' : services.some(isBehind) ? 'behind' : 'well', ready, parked };
};

/** Engines that do the same for several roles are one entry with several roles: PostgreSQL is often all three. */
export const byKind = (engines: readonly EngineState[]): readonly (Pick<EngineState, 'kind' | 'state' | 'detail'> & { readonly roles: readonly EngineState['role'][] })[] => {
  const kinds = [...new Set(engines.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const same = engines.filter((engine) => engine.kind === kind);
    const down = same.find(({ state }) => state === 'down');
    return { kind, state: down ? 'down' : 'up', roles: same.map(({ role }) => role), ...(down?.detail === undefined ? {} : { detail: down.detail }) };
  });
};

/** How far a generation is built, from 0 to 1; undefined while that cannot be said. Positions of a log are decimal numbers. */
export const builtShare = ({ position, head }: { readonly position?: string; readonly head?: string }): number | undefined => {
  const [done, all] = [Number(position ?? 0), Number(head ?? Number.NaN)];
  return Number.isFinite(done) && all > 0 ? Math.min(1, done / all) : undefined;
};
