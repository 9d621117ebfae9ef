import type { Logger } from 'pino';

/** After this long the same failure is told once more, so that a log of today says that it lasts. */
const tellAgain_ms = 60_000;

/** Of so many failures at once it is known when they were told; of an outage each part has its own words. */
const toldMax = 50;

/**
 * Writes a failure into the log when it begins, and once a minute while it lasts, whichever others come between. What is
 * tried again several times a second would else bury everything beside it. Numbers make no other failure of it.
 */
export const tellOnce = (logger: Pick<Logger, 'warn' | 'debug'>, words: string): ((error: unknown) => void) => {
  const toldAt = new Map<string, number>();
  return (error) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const failure = text.replaceAll(/\d+(\.\d+)?/g, '#');
    const repeats = performance.now() - (toldAt.get(failure) ?? -Infinity) < tellAgain_ms;
    logger[repeats ? 'debug' : 'warn']({ err: error }, words);
    if (repeats) return;
    // Behind all others, so that the one that was told longest ago is the first to be forgotten.
    toldAt.delete(failure);
    toldAt.set(failure, performance.now());
    for (const oldest of toldAt.keys()) if (toldAt.size > toldMax) toldAt.delete(oldest);
  };
};
