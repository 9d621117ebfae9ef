/**
 * Whether all that was there at the first question has been dealt with since. Of what is under load no later look need ever
 * find the very end, and a service that is started then would never be ready.
 */
export class CaughtUpOnce<End> {
  private awaited: { readonly end: End } | undefined;
  private reached = false;

  constructor(
    private readonly endNow: () => Promise<End>,
    private readonly isReached: (end: End) => Promise<boolean>,
  ) {}

  /** True from the first time on that it is so. @throws what the two looks throw; the next question looks again */
  async ask(): Promise<boolean> {
    if (this.reached) return true;
    this.awaited ??= { end: await this.endNow() };
    this.reached = await this.isReached(this.awaited.end);
    return this.reached;
  }
}
