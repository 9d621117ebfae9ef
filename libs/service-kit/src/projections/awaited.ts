/**
 * What readers wait for while a batch is on its way. It may bring that, and a look behind it for their sake would find
 * nothing; only when it does not, somebody has to look again.
 */
export class Awaited {
  private isWorking = false;
  private position: string | undefined;

  constructor(private readonly compare: (left: string, right: string) => number) {}

  /** Answers whether a look is needed at once, since no batch is on its way. */
  add(position: string): boolean {
    if (!this.isWorking) return true;
    if (this.position === undefined || this.compare(position, this.position) > 0) this.position = position;
    return false;
  }

  /** Nothing is added by what was awaited before. Answers what the work does, and whether it has left something out. */
  async during<Result>(work: () => Promise<Result>, has: (position: string) => boolean): Promise<{ result: Result; lacks: boolean }> {
    this.isWorking = true;
    this.position = undefined;
    try {
      const result = await work();
      return { result, lacks: this.position !== undefined && !has(this.position) };
    } finally {
      this.isWorking = false;
    }
  }
}
