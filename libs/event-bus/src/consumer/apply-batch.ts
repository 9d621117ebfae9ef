import type { Incoming, IncomingBatch, IncomingMessage } from '../event-bus.js';
import type { Begun, ConsumerStore, ProgressRow } from '../postgres/consumer-store.js';
import type { ParkedStore } from '../postgres/parked-store.js';
import { behindParked } from '../postgres/parked-store.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { StaleOwnerError } from './failures.js';
import type { LogCheckpoints } from './log-checkpoints.js';
import type { MarkRuns } from './mark-runs.js';
import type { ComparePositions } from './progress.js';
import { advancedBy, compareDecimalPositions, isDecimalPosition } from './progress.js';

export interface BatchEnvironment {
  readonly inTransaction: InTransaction;
  /** Undefined without `ConsumerOptions.alone`: watermarks take a transaction like all others then. */
  readonly marks: MarkRuns | undefined;
  readonly store: ConsumerStore;
  readonly parked: ParkedStore;
  readonly checkpoints: LogCheckpoints;
  readonly compare: ComparePositions;
  /** The partition that messages of a key belong to. */
  readonly partitionOf: (topic: string, key: string) => Promise<number>;
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
}

/** Why the last message of a run is parked instead of applied. */
export interface Verdict {
  readonly reason: string;
  readonly attempts: number;
}

/** A message that was parked for a reason of its own, and not for one that stands before it. */
export interface NewlyParked {
  readonly message: IncomingMessage;
  readonly reason: string;
}

/** What a run has come to, once it is committed. */
export interface Taken {
  readonly advanced: readonly ProgressRow[];
  readonly parked: readonly NewlyParked[];
}

/**
 * Takes a run of one partition's messages in, in ONE transaction: checkpoint under the fence, inbox, effect, progress.
 * What came before has no effect; what follows a parked message of its key is parked behind it. With a verdict the run
 * is one message, and it is parked.
 */
export const takeInRun = async (
  environment: BatchEnvironment,
  batch: IncomingBatch,
  messages: readonly Incoming[],
  verdict?: Verdict,
): Promise<Taken> => {
  const { store, parked: parkedStore, compare } = environment;
  const { topic, partition, fence } = batch;
  const lastOffset = messages.at(-1)?.offset ?? batch.lastOffset;
  const logId = await environment.checkpoints.logOf(topic, partition);
  const strays = await strayKeys(environment, batch, messages);
  const events = eventsOf(messages);
  const reached = comparedInDatabase(messages, compare) ? advancedBy(messages, [], compare) : undefined;
  const checkpoint = { logId, topic, partition, lastOffset, fence };
  if (environment.marks !== undefined && reached !== undefined && events.length === 0) {
    const begun = await environment.marks.takeIn({ ...checkpoint, reached });
    if (begun === undefined) throw new StaleOwnerError(topic, partition, fence);
    return { advanced: begun.advanced, parked: [] };
  }
  return environment.inTransaction(async (session) => {
    const begun = await store.begin(session, { ...checkpoint, events, reached: reached ?? [] });
    if (begun === undefined) throw new StaleOwnerError(topic, partition, fence);
    const { applicable, following, stray } = sorted(events, begun, strays);
    if (following.length > 0) await parkedStore.park(session, following, behindParked, 0);
    const parked: NewlyParked[] = stray.map((message) => ({ message, reason: strayReason(message, strays) }));
    for (const { message, reason } of parked) await parkedStore.park(session, [message], reason, 0);
    if (applicable.length > 0) {
      if (verdict === undefined) await environment.apply(applicable, session);
      else await parkedStore.park(session, applicable, verdict.reason, verdict.attempts);
    }
    const advanced = reached === undefined ? await advance(environment, batch, messages, session) : begun.advanced;
    const judged = verdict === undefined ? [] : applicable.map((message) => ({ message, reason: verdict.reason }));
    return { advanced, parked: [...parked, ...judged] };
  });
};

/** Events of the run, each id once. */
const eventsOf = (messages: readonly Incoming[]): readonly IncomingMessage[] => {
  const events = new Map<string, IncomingMessage>();
  for (const message of messages) {
    if (message.kind === 'event' && !events.has(message.id)) events.set(message.id, message);
  }
  return [...events.values()];
};

/** What is no decimal number, or has an order of its own, is compared here. */
const comparedInDatabase = (messages: readonly Incoming[], compare: ComparePositions): boolean =>
  compare === compareDecimalPositions &&
  messages.every((one) => isDecimalPosition(one.kind === 'event' ? one.sourcePosition : one.position));

/** Moves on what is kept of the partition, by an order that the database does not know. */
const advance = async (
  { store, compare }: BatchEnvironment,
  { topic, partition }: IncomingBatch,
  messages: readonly Incoming[],
  session: SqlSession,
): Promise<readonly ProgressRow[]> => {
  const advanced = advancedBy(messages, await store.progress(session, { topic, partition }), compare);
  if (advanced.length > 0) await store.saveProgress(session, advanced);
  return advanced;
};

/** Keys of the run that belong to another partition, with that partition. Nothing orders them against what is there. */
const strayKeys = async (
  { partitionOf }: BatchEnvironment,
  { topic, partition }: IncomingBatch,
  messages: readonly Incoming[],
): Promise<ReadonlyMap<string, number>> => {
  const keys = new Set(messages.flatMap((message) => (message.kind === 'event' ? [message.key] : [])));
  const strays = new Map<string, number>();
  for (const key of keys) {
    const own = await partitionOf(topic, key);
    if (own !== partition) strays.set(key, own);
  }
  return strays;
};

const strayReason = ({ key, partition }: IncomingMessage, strays: ReadonlyMap<string, number>): string =>
  `It came out of partition ${partition}, and its key belongs to partition ${strays.get(key)}: ` +
  'in which order it stands to other messages of its key is not known';

interface Sorted {
  readonly applicable: readonly IncomingMessage[];
  /** Their key is parked already. */
  readonly following: readonly IncomingMessage[];
  /** They came out of a partition that is not their key's. */
  readonly stray: readonly IncomingMessage[];
}

const sorted = (
  events: readonly IncomingMessage[],
  { fresh, parked }: Begun,
  strays: ReadonlyMap<string, number>,
): Sorted => {
  const news = events.filter(({ id }) => fresh.has(id));
  const open = news.filter(({ key }) => !parked.has(key));
  return {
    applicable: open.filter(({ key }) => !strays.has(key)),
    following: news.filter(({ key }) => parked.has(key)),
    stray: open.filter(({ key }) => strays.has(key)),
  };
};
