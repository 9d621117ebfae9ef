/** How a statement is sent. Whoever takes no notice of it is slower, and just as right. */
export interface Sending {
  /**
   * It is parsed once a connection under this name, which stands for this one text. Not for what reads tables that grow
   * unless its plan is right at every size: it may be kept.
   */
  readonly name?: string;
  /**
   * It may wait for the next statement, and go in the round trip of that. When it fails, that one fails with it and does
   * nothing, and the transaction is rolled back.
   */
  readonly withNext?: boolean;
  /** Nothing of the transaction follows, so that it may be committed in the same round trip: what comes after it is refused. */
  readonly last?: boolean;
}

/** SQL within one transaction of the consumer, whatever library opened it. */
export interface SqlSession {
  /** The rows that the statement returns (`RETURNING` included); none for a statement that returns nothing. */
  query<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[], sending?: Sending): Promise<Row[]>;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export type InTransaction = <Result>(work: (session: SqlSession) => Promise<Result>) => Promise<Result>;

/**
 * Has a statement go along with the next one of its transaction, which then fails if this one does: for what nobody needs
 * the answer of. The name stands for this one text.
 */
export const goAlong = (session: SqlSession, name: string, sql: string, values: readonly unknown[] = []): void => {
  session.query(sql, values, { name, withNext: true }).catch(() => undefined);
};
