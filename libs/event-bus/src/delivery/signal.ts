/** A sleep that can be cut short. A `notify` while nobody waits ends the next wait at once, so that none is lost. */
export class Signal {
  private raised = false;
  private end: (() => void) | undefined;

  notify(): void {
    this.raised = true;
    this.end?.();
  }

  /** Resolves after `milliseconds` (or never by itself, when none is given) or with the next `notify`. */
  async wait(milliseconds?: number): Promise<void> {
    if (!this.raised) {
      await new Promise<void>((resolve) => {
        const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.end = undefined;
    }
    this.raised = false;
  }

  /** Resolves after `milliseconds`, or once a `notify` comes and it is over. */
  async rest(milliseconds: number, isOver: () => boolean): Promise<void> {
    const until = performance.now() + milliseconds;
    while (!isOver() && performance.now() < until) await this.wait(until - performance.now());
  }
}

/** Milliseconds before attempt `failures + 1`: doubling, up to `max`. */
export const backOff = (failures: number, first: number, max: number): number =>
  Math.min(max, first * 2 ** Math.min(failures, 20));
