/** SQL within one transaction of the consumer, whatever library opened it. */
export interface SqlSession {
  /** The rows that the statement returns (`RETURNING` included); none for a statement that returns nothing. */
  query<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export type InTransaction = <Result>(work: (session: SqlSession) => Promise<Result>) => Promise<Result>;
