const remembered_ms = 10_000;
const districtsMax = 1_000;
const scopesMax = 8;
const everywhere = '';

interface Seen {
  readonly position: bigint;
  readonly until: number;
}

const partsOf = (token: string): readonly [scope: string, position: bigint] | undefined => {
  const [, scope, position] = /^([a-z][a-z-]{0,40}):(\d{1,19})$/.exec(token) ?? [];
  return scope && position ? [scope, BigInt(position)] : undefined;
};

/** What was acknowledged in each district a moment ago, so that whoever comes next sees it, whichever service answers. */
export class SeenPositions {
  private readonly byDistrict = new Map<string, ReadonlyMap<string, Seen>>();

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Keeps a token for a district, or, without one (a district was just registered), for whatever comes next. Of each
   * scope the furthest position is kept, because whoever waits for it waits for the others too.
   */
  remember(district: string | undefined, token: string): void {
    const parts = partsOf(token);
    if (!parts) return;
    const [scope, position] = parts;
    const key = district ?? everywhere;
    const kept = new Map(this.alive(key));
    const before = kept.get(scope);
    if (before && before.position >= position) return;
    if (!before && kept.size >= scopesMax) return;
    if (!this.byDistrict.has(key) && this.byDistrict.size >= districtsMax) this.byDistrict.clear();
    this.byDistrict.set(key, kept.set(scope, { position, until: this.now() + remembered_ms }));
  }

  /** The tokens, comma separated; undefined when there is nothing to wait for. */
  of(district: string | undefined): string | undefined {
    const furthest = new Map(this.alive(everywhere));
    for (const [scope, seen] of district === undefined ? [] : this.alive(district)) {
      const known = furthest.get(scope);
      if (!known || known.position < seen.position) furthest.set(scope, seen);
    }
    return furthest.size === 0 ? undefined : [...furthest].map(([scope, { position }]) => `${scope}:${position}`).join(',');
  }

  private alive(key: string): readonly (readonly [string, Seen])[] {
    const now = this.now();
    return [...(this.byDistrict.get(key) ?? [])].filter(([, { until }]) => until > now);
  }
}
