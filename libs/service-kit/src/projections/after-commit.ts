import type { InTransaction, SqlSession } from '@cairn/event-bus';

/** Is told which transaction it was, of which nothing can be asked any more. */
export type CommitListener = (session: SqlSession) => void;

type Apply<Messages> = (messages: Messages, session: SqlSession) => Promise<void>;

/**
 * Tells listeners right after the commit of each transaction in which something was applied. Before it, they would look
 * and find nothing; at their next poll, they would find it late.
 */
export class AfterCommit<Messages> {
  private readonly touched = new WeakSet<SqlSession>();
  private readonly listeners: CommitListener[] = [];

  constructor(
    private readonly transactions: InTransaction,
    private readonly effect: Apply<Messages>,
  ) {}

  listen(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  readonly apply: Apply<Messages> = async (messages, session) => {
    this.touched.add(session);
    await this.effect(messages, session);
  };

  readonly inTransaction: InTransaction = async (work) => {
    let used: SqlSession | undefined;
    const result = await this.transactions((session) => {
      used = session;
      return work(session);
    });
    if (used !== undefined && this.touched.has(used)) for (const listener of this.listeners) listener(used);
    return result;
  };
}
