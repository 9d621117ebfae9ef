import { TimedOutError, withinTime } from './engine-trouble.js';
import type { RunningService } from './serve.js';

/** Services were told to end and did not, because an engine does not answer; what they wait for keeps the process alive. */
export class StopTimedOutError extends Error {
  override readonly name = 'StopTimedOutError';

  constructor(names: readonly string[], limit_ms: number) {
    const [what, ends] = names.length > 1 ? [`${names.slice(0, -1).join(', ')} and ${names.at(-1)}`, 'end'] : [names.join(), 'ends'];
    super(`${what} ${ends} although an engine has not answered for ${limit_ms / 1_000} s: what was begun there is taken up from the last commit.`);
  }
}

/**
 * What a start comes to, unless it goes on for so long after the signal: it gives itself up between two steps, and one of
 * them may wait for an engine that does not answer. @throws what `late` makes
 */
export const startInTime = async <Result>(starting: Promise<Result>, signal: AbortSignal, limit_ms: number, late: () => Error): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  let count = (): void => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    count = () => (timer = setTimeout(() => reject(late()), limit_ms));
    if (signal.aborted) count();
    else signal.addEventListener('abort', count);
  });
  try {
    return await Promise.race([starting, over]);
  } finally {
    signal.removeEventListener('abort', count);
    clearTimeout(timer);
  }
};

type Closing = Pick<RunningService, 'name' | 'close'>;

/**
 * Closes services side by side. What each waits for has limits of its own, of which those of an engine that is frozen add
 * up to minutes. Nothing is lost by an end of the process in the middle of it: that is what a kill would be.
 * @throws StopTimedOutError for those that have not ended in time, else what the first of them failed with
 */
export const closeInTime = async (services: readonly Closing[], limit_ms: number): Promise<void> => {
  const results = await Promise.allSettled(services.map((service) => withinTime(service.close(), limit_ms)));
  const failures = results.flatMap((result, at) => (result.status === 'rejected' ? [{ name: services[at]?.name ?? '', cause: result.reason as unknown }] : []));
  const late = failures.filter(({ cause }) => cause instanceof TimedOutError);
  if (late.length > 0) throw new StopTimedOutError(late.map(({ name }) => name), limit_ms);
  if (failures[0] !== undefined) throw failures[0].cause;
};
