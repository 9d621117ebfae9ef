import { Gathered } from '../gathered.js';
import type { Begun, Beginning, ConsumerStore } from '../postgres/consumer-store.js';
import type { SqlSession } from '../sql-session.js';
import { isEnvironmentFailure, isStatementTimeout } from './failures.js';

/** To be begun by itself. */
const leftOver = Symbol('left over');
type Answer = Begun | 'stale' | typeof leftOver;

/**
 * Takes runs of watermarks in, which need no more than the one statement that begins a run: it is a transaction by itself.
 * The partitions of a topic get their marks together, and those that come at the same time are taken in with one
 * statement. It waits for no checkpoint: one that another holds, or that is not there yet, is left to a statement of its
 * own, so that it holds up no other, and copies of a service have nothing to wait for in a circle.
 */
export class MarkRuns {
  private readonly gathered = new Gathered<Beginning, Answer>((runs) => this.takeAll(runs));

  constructor(
    private readonly store: ConsumerStore,
    private readonly alone: SqlSession,
  ) {}

  /** As `ConsumerStore.begin`, of no events: undefined for a fence that is older than the one that is kept. */
  async takeIn(run: Beginning): Promise<Begun | undefined> {
    const answer = await this.gathered.ask(run);
    if (answer === leftOver) return this.store.begin(this.alone, run);
    return answer === 'stale' ? undefined : answer;
  }

  private async takeAll(runs: readonly Beginning[]): Promise<readonly Answer[]> {
    const joint = firstOfEach(runs);
    if (joint.length === 1) return runs.map(() => leftOver);
    try {
      const answers = await this.store.beginSome(this.alone, joint);
      return runs.map((run) => answers.get(run) ?? leftOver);
    } catch (error) {
      if (isEnvironmentFailure(error) || isStatementTimeout(error)) throw error;
      // One of them is guilty of it, and it is to be the failure of that one.
      return runs.map(() => leftOver);
    }
  }
}

/** Of each partition the first run: what was meant to come after another one is not taken in along with it. */
const firstOfEach = (runs: readonly Beginning[]): readonly Beginning[] => {
  const seen = new Set<string>();
  return runs.filter(({ topic, partition }) => {
    const before = seen.size;
    return seen.add(`${partition}@${topic}`).size > before;
  });
};
