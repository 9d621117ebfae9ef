/** Wakes whoever waits; a raise that nobody waits for is remembered for the next one. */
export class Signal {
  private pending = false;
  private readonly waiting = new Set<() => void>();

  raise(): void {
    if (this.waiting.size === 0) this.pending = true;
    for (const wake of this.waiting) wake();
  }

  /** Resolves at the next raise, or after `timeout_ms`. */
  async raised(timeout_ms: number): Promise<void> {
    if (this.pending) {
      this.pending = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeout_ms);
      this.waiting.add(wake);
    });
  }
}
