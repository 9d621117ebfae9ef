import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import pg from 'pg';

/**
 * The way of a command to its reader, written by hand: the same trips to the database one after the other, of which the
 * same ones wait for the disk, and nothing around them. No check, no hash, no partition, no lease, one read model, and all
 * of it in one process that remembers who waits.
 */
const tables = `
CREATE TABLE event (position bigserial PRIMARY KEY, stream text NOT NULL, version int NOT NULL, id uuid NOT NULL, data json NOT NULL, UNIQUE (stream, version));
CREATE TABLE message (place bigserial PRIMARY KEY, id uuid NOT NULL, data json NOT NULL);
CREATE TABLE received (place bigserial PRIMARY KEY, id uuid NOT NULL UNIQUE, data json NOT NULL);
CREATE TABLE shown (stream text NOT NULL, position bigint NOT NULL, id uuid NOT NULL, data json NOT NULL, PRIMARY KEY (stream, position));`;

const connectionString = process.env.DATABASE_URL ?? '';
const waiting = new pg.Pool({ connectionString, max: 8 });
// As read models do, which can be derived again.
const notWaiting = new pg.Pool({ connectionString, max: 8, options: '-c synchronous_commit=off' });

/** By position: resolves once it is shown. */
const underWay = new Map<string, Promise<void>>();

const query = async <Row extends pg.QueryResultRow>(pool: pg.Pool, name: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
  (await pool.query<Row>({ name, text, values: [...values] })).rows;

const pass = async (position: string, stream: string, id: string, data: string): Promise<void> => {
  await query(waiting, 'publish', 'INSERT INTO message (id, data) VALUES ($1, $2)', [id, data]);
  await query(waiting, 'receive', 'INSERT INTO received (id, data) VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, data]);
  await query(notWaiting, 'show', 'INSERT INTO shown (stream, position, id, data) VALUES ($1, $2, $3, $4)', [stream, position, id, data]);
  underWay.delete(position);
};

const command = async (stream: string, data: string): Promise<object> => {
  const [last] = await query<{ version: number }>(
    waiting,
    'last',
    'SELECT coalesce(max(version), 0) AS version FROM event WHERE stream = $1',
    [stream],
  );
  const id = randomUUID();
  const [row] = await query<{ position: string }>(
    waiting,
    'append',
    'INSERT INTO event (stream, version, id, data) VALUES ($1, $2, $3, $4) RETURNING position',
    [stream, (last?.version ?? 0) + 1, id, data],
  );
  const position = row?.position ?? '';
  underWay.set(position, pass(position, stream, id, data));
  return { position, events: [{ eventId: id }] };
};

const read = async (stream: string, position: string): Promise<object> => {
  await underWay.get(position);
  return { items: await query(waiting, 'read', 'SELECT id AS "eventId", data FROM shown WHERE stream = $1 ORDER BY position LIMIT 200', [stream]) };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
};

const server = createServer((request, response) => {
  const answer = async (): Promise<object> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const stream = pathname.slice(1);
    return request.method === 'POST' ? command(stream, await bodyOf(request)) : read(stream, searchParams.get('position') ?? '');
  };
  answer().then(
    (body) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});

await waiting.query(tables);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
// Who started it is gone.
process.on('disconnect', () => process.exit());
