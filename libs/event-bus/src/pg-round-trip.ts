import pg from 'pg';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string | undefined;
}

export type NamedStatement = Statement & { readonly name: string };

export const begin: WrittenStatement = { name: 'cairn_begin', text: 'BEGIN', values: [] };
/** Each statement sees the state that the first one saw which reads. */
export const beginOnOneState: WrittenStatement = { name: 'cairn_begin_on_one_state', text: 'BEGIN ISOLATION LEVEL REPEATABLE READ', values: [] };
export const commit: WrittenStatement = { name: 'cairn_commit', text: 'COMMIT', values: [] };

/** One without name and values goes as a text, which may hold several statements. */
export const isExtended = ({ name, values }: Statement): boolean => name !== undefined || values.length > 0;

type Written = Buffer | string | null;

/** As pg does it for its own statements; its declarations leave this out. */
const { prepareValue } = (pg as unknown as { readonly utils: { readonly prepareValue: (value: unknown) => Written } }).utils;

/** A statement whose values are written out for the server. */
export type WrittenStatement = NamedStatement & { readonly values: readonly Written[] };

/** @throws when a value cannot be put into words */
export const writtenOut = (statement: NamedStatement): WrittenStatement => ({
  ...statement,
  values: statement.values.map((value) => prepareValue(value)),
});

/** The names that each connection has prepared. By its name alone a statement can go together with another. */
const prepared = new WeakMap<pg.ClientBase, Set<string>>();

export const isPrepared = (client: pg.ClientBase, { name }: NamedStatement): boolean => prepared.get(client)?.has(name) === true;

const nowPrepared = (client: pg.ClientBase, { name }: Statement): void => {
  if (name === undefined) return;
  const names = prepared.get(client) ?? new Set();
  prepared.set(client, names.add(name));
};

/** Runs one statement in a round trip of its own. */
export const sendAlone = async (client: pg.ClientBase, statement: Statement): Promise<pg.QueryResult> => {
  const result = await client.query(configOf(statement));
  nowPrepared(client, statement);
  return result;
};

export interface Together {
  readonly before: readonly WrittenStatement[];
  readonly statement: Statement;
  readonly after: readonly WrittenStatement[];
}

/**
 * Runs a statement together with others, which the connection has prepared, in one round trip. All of them stand before
 * one point of synchronisation: the server passes over what follows a failure, so that nothing is done outside of a
 * transaction that did not begin, and nothing committed that failed. Answers the rows of each.
 */
export const sendTogether = async (client: pg.ClientBase, together: Together): Promise<readonly unknown[][]> => {
  const { before, statement, after } = together;
  if (!isExtended(statement)) return sendAsText(client, together);
  if (before.length + after.length === 0) return [(await sendAlone(client, statement)).rows];
  const results = await new Promise<readonly pg.QueryResult[]>((resolve, reject) => {
    const answered = (error: Error | undefined, answer: unknown): void => {
      if (error) reject(error);
      else resolve(answer as readonly pg.QueryResult[]);
    };
    const query = new pg.Query(configOf(statement), undefined, answered);
    const submit = query.submit.bind(query);
    query.submit = (connection) => {
      connection.stream.cork();
      try {
        for (const one of before) run(connection, one);
        // What it answers is for the client: why the statement cannot be sent.
        return submit(after.length === 0 ? connection : followed(connection, after));
      } finally {
        connection.stream.uncork();
      }
    };
    client.query(query);
  });
  nowPrepared(client, statement);
  return results.map(({ rows }) => rows);
};

/** One after the other, since a text cannot go together with others; its rows are those of its last statement. */
const sendAsText = async (client: pg.ClientBase, { before, statement, after }: Together): Promise<readonly unknown[][]> => {
  const rows: unknown[][] = [];
  for (const one of [...before, statement, ...after]) {
    const results: unknown = await sendAlone(client, one);
    rows.push(((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult).rows);
  }
  return rows;
};

const configOf = ({ text, values, name }: Statement): pg.QueryConfig => ({ text, values: [...values], ...(name === undefined ? {} : { name }) });

const run = (connection: pg.Connection, { name, values }: WrittenStatement): void => {
  connection.bind({ statement: name, values: [...values] }, true);
  connection.describe({ type: 'P' }, true);
  connection.execute({}, true);
};

/** The connection as a statement sees it that others follow: unless it could not be put into words for the server. */
const followed = (connection: pg.Connection, after: readonly WrittenStatement[]): pg.Connection => {
  let executed = false;
  const seen: Pick<pg.Connection, 'execute' | 'sync'> = {
    execute: (config, more) => {
      connection.execute(config, more);
      executed = true;
    },
    sync: () => {
      if (executed) for (const one of after) run(connection, one);
      connection.sync();
    },
  };
  return Object.assign(Object.create(connection) as pg.Connection, seen);
};
