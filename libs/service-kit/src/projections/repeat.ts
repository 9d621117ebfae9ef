import type { Signal } from './signal.js';

export interface RepeatOptions {
  /** Wakes it while it has nothing to do. */
  readonly signal: Signal;
  /** How long it waits after a turn that found nothing; after a failure twice as long each time, up to 5 s. */
  readonly idle_ms: number;
  readonly isStopped: () => boolean;
}

const backOffMax_ms = 5_000;

/** Takes turn after turn: the next at once while there is more to do. A turn that throws has told of it already. */
export const repeat = async (turn: () => Promise<boolean>, { signal, idle_ms, isStopped }: RepeatOptions): Promise<void> => {
  let backOff_ms = idle_ms;
  while (!isStopped()) {
    try {
      const more = await turn();
      backOff_ms = idle_ms;
      if (!more && !isStopped()) await signal.raised(idle_ms);
    } catch {
      await signal.raised(backOff_ms);
      backOff_ms = Math.min(backOff_ms * 2, backOffMax_ms);
    }
  }
};
