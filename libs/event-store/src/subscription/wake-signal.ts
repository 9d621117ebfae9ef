/** A pause that can be cut short. A wake that comes while nobody waits is kept for the next wait, so none is lost. */
export class WakeSignal {
  private pending = false;
  private resume: (() => void) | undefined;

  wake(): void {
    this.pending = true;
    this.resume?.();
  }

  /** Resolves after `milliseconds` or at a wake; without a time only at a wake. */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
        this.resume = (): void => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.resume = undefined;
    this.pending = false;
  }
}
