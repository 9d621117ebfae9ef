const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof exitCodes;

/** Told to stop before there was anything to stop. */
export class StoppedEarlyError extends Error {
  override readonly name = 'StoppedEarlyError';
  readonly exitCode: number;

  constructor(readonly signal: StopSignal) {
    super(`Stopped (${signal}) before it was ready.`);
    this.exitCode = exitCodes[signal];
  }
}

export interface ToldToStop {
  /** Aborts with a StoppedEarlyError as its reason. */
  readonly signal: AbortSignal;
  /** Resolves with the first SIGINT or SIGTERM. */
  readonly told: Promise<StopSignal>;
}

/**
 * Listens for SIGINT and SIGTERM until the process ends: a second Ctrl-C must not cut what the first one has begun to
 * close, since a database that is left behind would run on.
 */
export const toldToStop = (): ToldToStop => {
  const aborting = new AbortController();
  const told = new Promise<StopSignal>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        resolve(signal);
        if (!aborting.signal.aborted) aborting.abort(new StoppedEarlyError(signal));
      });
    }
  });
  return { signal: aborting.signal, told };
};
