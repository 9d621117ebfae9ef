import type { Incoming, IncomingBatch, IncomingMessage } from '../event-bus.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import type { ConsumerStore, ProgressRow } from '../postgres/consumer-store.js';
import { StaleOwnerError } from './failures.js';
import type { ComparePositions } from './progress.js';
import { advancedBy } from './progress.js';

export interface BatchEnvironment {
  readonly inTransaction: InTransaction;
  readonly store: ConsumerStore;
  readonly compare: ComparePositions;
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
}

/** Why the last message of a run is parked instead of applied. */
export interface Verdict {
  readonly reason: string;
  readonly attempts: number;
}

const behind = 'A message of the same key is parked before this one';

/**
 * Takes a run of one partition's messages in, in ONE transaction: checkpoint under the fence, inbox, effect, progress.
 * What came before has no effect; what follows a parked message of its key is parked behind it. With a verdict the run
 * is one message, and it is parked. Answers the progress that was committed.
 */
export const takeInRun = (
  environment: BatchEnvironment,
  batch: IncomingBatch,
  messages: readonly Incoming[],
  verdict?: Verdict,
): Promise<readonly ProgressRow[]> => {
  const { store, compare } = environment;
  const { topic, partition, fence } = batch;
  const lastOffset = messages.at(-1)?.offset ?? batch.lastOffset;
  return environment.inTransaction(async (session) => {
    const owner = await store.moveCheckpoint(session, { topic, partition, lastOffset, fence });
    if (!owner) throw new StaleOwnerError(topic, partition, fence);
    const fresh = await freshOf(store, session, messages);
    const { applicable, parked } = await sorted(store, session, topic, fresh);
    if (parked.length > 0) await store.park(session, parked, behind, 0);
    if (applicable.length > 0) {
      if (verdict === undefined) await environment.apply(applicable, session);
      else await store.park(session, applicable, verdict.reason, verdict.attempts);
    }
    const advanced = advancedBy(messages, await store.progress(session, { topic, partition }), compare);
    if (advanced.length > 0) await store.saveProgress(session, advanced);
    return advanced;
  });
};

/** Events whose id was not taken in before, each id once. */
const freshOf = async (
  store: ConsumerStore,
  session: SqlSession,
  messages: readonly Incoming[],
): Promise<readonly IncomingMessage[]> => {
  const events = new Map<string, IncomingMessage>();
  for (const message of messages) {
    if (message.kind === 'event' && !events.has(message.id)) events.set(message.id, message);
  }
  if (events.size === 0) return [];
  // Sorted, so that two transactions that meet at the same ids lock them in one order.
  const fresh = await store.takeIn(session, [...events.keys()].sort());
  return [...events.values()].filter(({ id }) => fresh.has(id));
};

const sorted = async (
  store: ConsumerStore,
  session: SqlSession,
  topic: string,
  fresh: readonly IncomingMessage[],
): Promise<{ applicable: readonly IncomingMessage[]; parked: readonly IncomingMessage[] }> => {
  if (fresh.length === 0) return { applicable: [], parked: [] };
  const keys = await store.parkedKeys(session, topic, [...new Set(fresh.map(({ key }) => key))]);
  return {
    applicable: fresh.filter(({ key }) => !keys.has(key)),
    parked: fresh.filter(({ key }) => keys.has(key)),
  };
};
