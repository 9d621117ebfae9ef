const remembered_ms = 10_000;
const rememberedPerDistrictMax = 8;
const districtsMax = 1_000;
const everywhere = '';

/** What was acknowledged in each district a moment ago, so that whoever comes next sees it, whichever service answers. */
export class SeenPositions {
  private readonly byDistrict = new Map<string, readonly { readonly token: string; readonly until: number }[]>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Keeps a token for a district, or, without one (a district was just registered), for whatever comes next. */
  remember(district: string | undefined, token: string): void {
    this.keep(district ?? everywhere, token);
  }

  /** The tokens, comma separated; undefined when there is nothing to wait for. */
  of(district: string | undefined): string | undefined {
    const alive = [...this.alive(everywhere), ...(district === undefined ? [] : this.alive(district))];
    return alive.length === 0 ? undefined : alive.map(({ token }) => token).join(',');
  }

  private keep(district: string, token: string): void {
    const until = this.now() + remembered_ms;
    if (!this.byDistrict.has(district) && this.byDistrict.size >= districtsMax) this.byDistrict.clear();
    const kept = this.alive(district).filter((seen) => seen.token !== token);
    this.byDistrict.set(district, [...kept, { token, until }].slice(-rememberedPerDistrictMax));
  }

  private alive(district: string) {
    const now = this.now();
    return (this.byDistrict.get(district) ?? []).filter(({ until }) => until > now);
  }
}
