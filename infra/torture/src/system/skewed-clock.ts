import { Clock } from '@cairn/event-store';

/** A clock that goes wrong by as much as it is told. */
export class SkewedClock extends Clock {
  constructor(private readonly skew_ms: number) {
    super();
  }

  now(): string {
    return new Date(Date.now() + this.skew_ms).toISOString();
  }
}

/** Makes the wall clock of this whole process go wrong, also where nobody injects one. */
export const skewProcess = (skew_ms: number): void => {
  if (skew_ms === 0) return;
  const real = Date.now.bind(Date);
  const Real = Date;
  class Skewed extends Real {
    constructor(...given: readonly unknown[]) {
      if (given.length === 0) super(real() + skew_ms);
      else super(...(given as [number]));
    }
    static override now(): number {
      return real() + skew_ms;
    }
  }
  globalThis.Date = Skewed as DateConstructor;
};
