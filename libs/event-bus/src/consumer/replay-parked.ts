import type { IncomingMessage } from '../event-bus.js';
import type { ParkedKey, ParkedStore } from '../postgres/parked-store.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { reasonOf } from './failures.js';

export interface ReplayOptions extends ParkedKey {
  /** Ends after so many messages; call again while `left` is not 0 and no reason is given. Default 1,000. */
  readonly messagesMax?: number;
  /** No message is begun after so many milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

export interface Replayed {
  /** How many were applied, and are parked no more. */
  readonly replayed: number;
  /** How many of the key are parked still; with 0 the key is open, and what follows is applied as it comes. */
  readonly left: number;
  /** Why the first of those that are left could not be applied, when it was tried. */
  readonly reason?: string;
}

export interface ReplayEnvironment {
  readonly inTransaction: InTransaction;
  readonly parked: ParkedStore;
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
  /** A failure that the message is not guilty of. */
  readonly isBlameless: (error: unknown) => boolean;
  readonly stopped: AbortSignal;
}

/**
 * Applies the parked messages of one key in the order of their source (see `ParkedStore.lockFirst`), each in a transaction with its effect, until one fails again.
 * The lock of the key is held in each of them: a live consumer of the key, in whichever copy, parks behind what is left
 * and finds the key open only after the last one was committed.
 * @throws what the message is not guilty of; what was applied until then stays applied
 */
export const replayParked = async (environment: ReplayEnvironment, options: ReplayOptions): Promise<Replayed> => {
  const { inTransaction, parked, stopped } = environment;
  const { messagesMax = 1_000, timeoutMs = 10_000 } = options;
  const until = performance.now() + timeoutMs;
  let replayed = 0;
  let reason: string | undefined;
  while (reason === undefined && replayed < messagesMax && performance.now() < until && !stopped.aborted) {
    const outcome = await replayFirst(environment, options);
    if (outcome === 'none') return { replayed, left: 0 };
    if (outcome === 'applied') replayed += 1;
    else reason = outcome.reason;
  }
  const { messages: left } = await inTransaction(async (session) => {
    if (replayed > 0) await parked.tellWhatFollowed(session, options);
    return parked.count(session, options);
  });
  return { replayed, left, ...(reason === undefined ? {} : { reason }) };
};

const replayFirst = async (
  { inTransaction, parked, apply, isBlameless }: ReplayEnvironment,
  key: ParkedKey,
): Promise<'applied' | 'none' | { readonly reason: string }> => {
  let first: IncomingMessage | undefined;
  try {
    return await inTransaction(async (session) => {
      first = await parked.lockFirst(session, key);
      if (first === undefined) return 'none';
      await apply([first], session);
      await parked.release(session, first);
      return 'applied';
    });
  } catch (error) {
    if (first === undefined || isBlameless(error)) throw error;
    const { id } = first;
    const reason = reasonOf(error);
    await inTransaction((session) => parked.failedAgain(session, id, reason));
    return { reason };
  }
};
