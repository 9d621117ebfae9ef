import type pg from 'pg';
import { begin, beginOnOneState, commit, isExtended, isPrepared, sendAlone, sendTogether, writtenOut } from './pg-round-trip.js';
import type { NamedStatement, Statement, WrittenStatement } from './pg-round-trip.js';
import type { InTransaction, Sending, SqlSession } from './sql-session.js';

/**
 * Transactions on a pool of `pg`, which begin with their first statement, in the round trip of that. A connection on
 * which anything failed badly is thrown away instead of used again.
 */
export const pgInTransaction = (pool: pg.Pool): InTransaction => transactions(pool, begin);

/** Transactions of which every statement sees one state, that of the first which reads; locks that stand before it are older. */
export const pgOnOneState = (pool: pg.Pool): InTransaction => transactions(pool, beginOnOneState);

const transactions =
  (pool: pg.Pool, first: WrittenStatement): InTransaction =>
  async (work) => {
    const client = await pool.connect();
    // A connection that breaks between two statements says so by an event, which would end the process unheard.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    const transaction = new PgTransaction(client, first);
    let broken: Error | undefined;
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollBack().catch((cause: unknown) => {
        broken = new Error('The roll-back failed', { cause });
      });
      throw error;
    } finally {
      client.removeListener('error', ignore);
      client.release(broken);
    }
  };

/** Single statements on a pool of `pg`, each a transaction of its own. */
export const pgAlone = (pool: pg.Pool): SqlSession => ({
  query: async <Row>(text: string, values: readonly unknown[] = [], { name }: Sending = {}) =>
    (await pool.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })).rows as Row[],
});

/** A statement that waits for the next one. */
interface Waiting {
  readonly statement: WrittenStatement;
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

class PgTransaction implements SqlSession {
  private begun = false;
  private closing = false;
  private ended = false;
  private waiting: Waiting[] = [];
  /** What was asked for is sent in that order, also while the answer to an earlier statement is awaited. */
  private last: Promise<unknown> = Promise.resolve();
  /** What failed first: nothing is sent after it, whether or not anybody waited for it. */
  private failure: { readonly cause: unknown } | undefined;

  constructor(
    private readonly client: pg.ClientBase,
    private readonly first: WrittenStatement,
  ) {}

  async query<Row>(text: string, values: readonly unknown[] = [], sending: Sending = {}): Promise<Row[]> {
    const { name, withNext = false, last = false } = sending;
    if (this.closing) throw new Error('A statement came after the end of its transaction, or after the one that was said to be the last');
    this.closing = last;
    const rows = withNext && name !== undefined ? this.sendWithNext({ text, values, name }) : this.send({ text, values, name }, last);
    return (await rows) as Row[];
  }

  /** @throws when a statement failed before, also where that was passed over */
  async commit(): Promise<void> {
    this.closing = true;
    await this.sendWaiting();
    await this.last;
    if (this.ended) return;
    if (this.failure !== undefined) throw this.failure.cause;
    if (!this.begun) return;
    const { command } = await sendAlone(this.client, commit);
    this.ended = true;
    if (command !== 'COMMIT') throw new Error('The transaction had ended before');
  }

  async rollBack(): Promise<void> {
    this.closing = true;
    for (const { reject } of this.waiting.splice(0)) reject(new Error('The transaction was rolled back before'));
    await this.last;
    if (this.begun && !this.ended) await this.client.query('ROLLBACK');
  }

  private async sendWithNext(statement: NamedStatement): Promise<unknown[]> {
    if (!isPrepared(this.client, statement)) return this.send(statement, false);
    try {
      const written = writtenOut(statement);
      return await new Promise((resolve, reject) => this.waiting.push({ statement: written, resolve, reject }));
    } catch (cause) {
      this.failure ??= { cause };
      throw cause;
    }
  }

  /** There is no next one: the last of those that wait ends the transaction. */
  private async sendWaiting(): Promise<void> {
    const final = this.waiting.pop();
    if (final === undefined) return;
    try {
      final.resolve(await this.send(final.statement, true));
    } catch (error) {
      final.reject(error);
      throw error;
    }
  }

  private send(statement: Statement, last: boolean): Promise<unknown[]> {
    const waiting = this.waiting.splice(0);
    const sent = this.last.then(() => this.sendNow(statement, last, waiting));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  private async sendNow(statement: Statement, last: boolean, waiting: readonly Waiting[]): Promise<unknown[]> {
    try {
      if (this.failure !== undefined) throw this.failure.cause;
      const first = await this.beginning();
      const before = [...first, ...waiting.map((one) => one.statement)];
      const after = last && isExtended(statement) && isPrepared(this.client, commit) ? [commit] : [];
      const results = await sendTogether(this.client, { before, statement, after });
      if (after.length > 0) this.ended = true;
      waiting.forEach(({ resolve }, at) => resolve(results[first.length + at] ?? []));
      return results[before.length] ?? [];
    } catch (error) {
      this.failure ??= { cause: error };
      for (const { reject } of waiting) reject(error);
      throw error;
    }
  }

  /** What the first statement is to be sent with. Without an answer it may have begun all the same, and is rolled back. */
  private async beginning(): Promise<WrittenStatement[]> {
    if (this.begun) return [];
    this.begun = true;
    if (isPrepared(this.client, this.first)) return [this.first];
    await sendAlone(this.client, this.first);
    return [];
  }
}
