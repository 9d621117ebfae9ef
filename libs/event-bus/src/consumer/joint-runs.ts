import type { IncomingMessage } from '../event-bus.js';
import type { Begun, ConsumerStore } from '../postgres/consumer-store.js';
import type { ParkedStore } from '../postgres/parked-store.js';
import { behindParked } from '../postgres/parked-store.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import type { Taken } from './apply-batch.js';
import { isEnvironmentFailure, isStatementTimeout } from './failures.js';
import type { Run } from './run.js';
import { sorted } from './run.js';

/** `left over`: nothing was done of it, and it is to be taken in by itself; `stale`: its partition has a newer owner. */
export type Answer = Taken | 'left over' | 'stale';

interface Waiting {
  readonly run: Run;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A run of more events is worth a transaction of its own, beside those of other partitions. */
const runEventsMax = 100;
const jointEventsMax = 500;

/** So many joint transactions are careful after one had something in its way. */
const carefulRuns = 20;

const answerOf = (begun: Begun | 'stale' | undefined): Answer =>
  typeof begun === 'object' ? { advanced: begun.advanced, parked: [] } : (begun ?? 'left over');

export interface JointParts {
  readonly inTransaction: InTransaction;
  readonly store: ConsumerStore;
  readonly parked: ParkedStore;
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
}

/**
 * Takes small runs of several partitions of a topic in together, in one transaction: those that come at the same time,
 * and those that come while another such transaction is on its way. A publish goes into many partitions, and a
 * transaction for each costs more than what is in it.
 *
 * It is a short cut, and what is in its way is left over for a transaction of its own: a checkpoint that somebody else
 * holds, a statement that is slow, a message that cannot be applied.
 */
export class JointRuns {
  private waiting: Waiting[] = [];
  private working = false;
  private carefulFor = 0;

  constructor(private readonly parts: JointParts) {}

  /** @throws what is the fault of no message, such as a database that is away */
  takeIn(run: Run): Promise<Answer> {
    if (!run.isComparedInDatabase || run.strays.size > 0 || run.events.length > runEventsMax) return Promise.resolve('left over');
    return new Promise((resolve, reject) => {
      this.waiting.push({ run, resolve, reject });
      if (this.working) return;
      this.working = true;
      // Those who are woken by the same answer come before this tick, which promises that have work left go before.
      void Promise.resolve().then(() => process.nextTick(() => void this.work()));
    });
  }

  private async work(): Promise<void> {
    for (let joint = this.next(); joint.length > 0; joint = this.next()) {
      try {
        const answers = await this.takeAllIn(joint.map(({ run }) => run));
        for (const [at, { resolve }] of joint.entries()) resolve(answers[at] ?? 'left over');
      } catch (error) {
        for (const { reject } of joint) reject(error);
      }
    }
    this.working = false;
  }

  /** The first that waits, and what of its topic goes with it: of each partition one run, and so many events in all. */
  private next(): readonly Waiting[] {
    const partitions = new Set<number>();
    let events = 0;
    const goes = ({ run }: Waiting): boolean => {
      const together = run.topic === this.waiting[0]?.run.topic && events + run.events.length <= jointEventsMax;
      if (!together || partitions.has(run.partition)) return false;
      partitions.add(run.partition);
      events += run.events.length;
      return true;
    };
    const joint = this.waiting.filter(goes);
    this.waiting = this.waiting.filter((one) => !joint.includes(one));
    return joint;
  }

  private async takeAllIn(runs: readonly Run[]): Promise<readonly Answer[]> {
    if (runs.length === 1 || runs.every(({ events }) => events.length === 0)) return runs.map(() => 'left over');
    try {
      return (await this.inOneRoundTrip(runs)) ?? (await this.inOneTransaction(runs));
    } catch (error) {
      if (isEnvironmentFailure(error) && !isStatementTimeout(error)) throw error;
      return runs.map(() => 'left over');
    }
  }

  /**
   * Begins them together with what they are to do, as if nothing were in the way; undefined when something was, or when a
   * message could not be applied, which may be one that is not to be. Then those that follow are looked at first for a
   * while: what comes again comes in numbers.
   */
  private async inOneRoundTrip(runs: readonly Run[]): Promise<readonly Answer[] | undefined> {
    if (this.carefulFor > 0) {
      this.carefulFor -= 1;
      return undefined;
    }
    const { inTransaction, store, apply } = this.parts;
    try {
      const { beginning } = await inTransaction(async (session) => {
        const begun = store.beginAll(session, runs);
        begun.catch(() => undefined); // It comes with the failure of the statement that it goes with.
        await apply(runs.flatMap(({ events }) => events), session);
        return { beginning: begun };
      });
      const begun = await beginning;
      return runs.map((run) => answerOf(begun.get(run)));
    } catch (error) {
      if (isEnvironmentFailure(error)) throw error;
      this.carefulFor = carefulRuns;
      return undefined;
    }
  }

  private inOneTransaction(runs: readonly Run[]): Promise<readonly Answer[]> {
    const { inTransaction, store, parked, apply } = this.parts;
    return inTransaction(async (session) => {
      const begun = await store.beginSome(session, runs);
      const applicable: IncomingMessage[] = [];
      const answers: Answer[] = [];
      for (const run of runs) {
        const beginning = begun.get(run);
        answers.push(answerOf(beginning));
        if (typeof beginning !== 'object') continue;
        const { applicable: own, following } = sorted(run, beginning);
        if (following.length > 0) await parked.park(session, following, behindParked, 0);
        applicable.push(...own);
      }
      if (applicable.length > 0) await apply(applicable, session);
      return answers;
    });
  }
}
