import type { Logger } from 'pino';

/** After this long the same failure is told once more, so that a log of today says that it lasts. */
const tellAgain_ms = 60_000;

/**
 * Writes a failure into the log when it begins, when it becomes another one, and once a minute while it lasts. What is
 * tried again several times a second would else bury everything beside it.
 */
export const tellOnce = (logger: Pick<Logger, 'warn' | 'debug'>, words: string): ((error: unknown) => void) => {
  let told = '';
  let toldAt = -Infinity;
  return (error) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const repeats = text === told && performance.now() - toldAt < tellAgain_ms;
    logger[repeats ? 'debug' : 'warn']({ err: error }, words);
    if (repeats) return;
    told = text;
    toldAt = performance.now();
  };
};
