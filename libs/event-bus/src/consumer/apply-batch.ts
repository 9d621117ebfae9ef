import type { Incoming, IncomingBatch, IncomingMessage } from '../event-bus.js';
import type { ConsumerStore, ProgressRow } from '../postgres/consumer-store.js';
import type { ParkedStore } from '../postgres/parked-store.js';
import { behindParked } from '../postgres/parked-store.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { StaleOwnerError } from './failures.js';
import type { JointRuns } from './joint-runs.js';
import type { LogCheckpoints } from './log-checkpoints.js';
import type { MarkRuns } from './mark-runs.js';
import type { ComparePositions } from './progress.js';
import type { Run } from './run.js';
import { advancedHere, runOf, sorted, strayReason } from './run.js';

export interface BatchEnvironment {
  readonly inTransaction: InTransaction;
  /** Undefined without `ConsumerOptions.alone`: watermarks take a transaction like all others then. */
  readonly marks: MarkRuns | undefined;
  readonly joint: JointRuns;
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

/** Takes a batch in, together with those of other partitions where it can. @throws StaleOwnerError */
export const takeInBatch = async (environment: BatchEnvironment, batch: IncomingBatch): Promise<Taken> => {
  const run = await runOf(environment, batch, batch.messages);
  const answer = await environment.joint.takeIn(run);
  if (answer === 'stale') throw staleOwnerOf(run);
  return answer === 'left over' ? takeIn(environment, run) : answer;
};

/** Takes a part of a batch in. With a verdict it is one message, and it is parked. @throws StaleOwnerError */
export const takeInPart = async (
  environment: BatchEnvironment,
  batch: IncomingBatch,
  messages: readonly Incoming[],
  verdict?: Verdict,
): Promise<Taken> => takeIn(environment, await runOf(environment, batch, messages), verdict);

/**
 * Takes a run in, in ONE transaction: checkpoint under the fence, inbox, effect, progress. What came before has no
 * effect; what follows a parked message of its key is parked behind it.
 */
const takeIn = async (environment: BatchEnvironment, run: Run, verdict?: Verdict): Promise<Taken> => {
  const { marks, store, parked: parkedStore } = environment;
  if (marks !== undefined && run.isComparedInDatabase && run.events.length === 0) {
    const begun = await marks.takeIn(run);
    if (begun === undefined) throw staleOwnerOf(run);
    return { advanced: begun.advanced, parked: [] };
  }
  return environment.inTransaction(async (session) => {
    const begun = await store.begin(session, run);
    if (begun === undefined) throw staleOwnerOf(run);
    const { applicable, following, stray } = sorted(run, begun);
    if (following.length > 0) await parkedStore.park(session, following, behindParked, 0);
    const parked: NewlyParked[] = stray.map((message) => ({ message, reason: strayReason(run, message) }));
    for (const { message, reason } of parked) await parkedStore.park(session, [message], reason, 0);
    if (applicable.length > 0) {
      if (verdict === undefined) await environment.apply(applicable, session);
      else await parkedStore.park(session, applicable, verdict.reason, verdict.attempts);
    }
    const advanced = run.isComparedInDatabase ? begun.advanced : await advance(environment, run, session);
    const judged = verdict === undefined ? [] : applicable.map((message) => ({ message, reason: verdict.reason }));
    return { advanced, parked: [...parked, ...judged] };
  });
};

/** Moves on what is kept of the partition, by an order that the database does not know. */
const advance = async ({ store, compare }: BatchEnvironment, run: Run, session: SqlSession): Promise<readonly ProgressRow[]> => {
  const advanced = advancedHere(run, await store.progress(session, run), compare);
  if (advanced.length > 0) await store.saveProgress(session, advanced);
  return advanced;
};

const staleOwnerOf = ({ topic, partition, fence }: Run): StaleOwnerError => new StaleOwnerError(topic, partition, fence);
