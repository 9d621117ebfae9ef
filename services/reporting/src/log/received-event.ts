import type { AnyPublicEvent } from '@cairn/contracts';
import { goAlong } from '@cairn/event-bus';
import type { SqlSession } from '@cairn/event-bus';

/** A public event with its place in the log of this service: 1, 2, 3, … in the order of receipt. */
export interface ReceivedEvent {
  readonly logPosition: number;
  readonly event: AnyPublicEvent;
}

/** The event stands in the log already, with another content hash: one of the two is not what was recorded. */
export class ReceivedEventConflictError extends Error {
  override readonly name = 'ReceivedEventConflictError';
}

/** A stream went back: an event with a version that is not above what was received of the stream. */
export class ReceivedOutOfOrderError extends Error {
  override readonly name = 'ReceivedOutOfOrderError';
}

/**
 * The log is the source of every read model of this service, so it holds each event whole, as the text that came.
 * One head row gives the positions out: its lock is held until commit, so whoever sees a position sees all before it.
 */
export const receivedEventDdl = `
CREATE TABLE received_head (
  one int PRIMARY KEY CHECK (one = 1),
  log_position bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO received_head (one, log_position) VALUES (1, 0);

CREATE TABLE received_event (
  log_position bigint PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  scope text NOT NULL,
  district text NOT NULL,
  stream text NOT NULL,
  stream_version bigint NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  hash text NOT NULL,
  event json NOT NULL,
  UNIQUE (stream, stream_version)
);
CREATE INDEX ON received_event (recorded_at);

CREATE FUNCTION refuse_change_of_received_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Received events are never changed: % of received_event is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER received_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON received_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_received_event();
`;

const scopeOf = (event: AnyPublicEvent): string => event.source.slice('/cairn/'.length);

const rowOf = (event: AnyPublicEvent) => ({
  event_id: event.id,
  scope: scopeOf(event),
  district: event.district,
  stream: event.stream,
  stream_version: event.streamversion,
  type: event.type,
  subject: event.subject,
  occurred_at: event.time,
  recorded_at: event.recordedat,
  hash: event.hash,
  event: JSON.stringify(event),
});

interface Known {
  readonly hashes: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, number>;
}

/** To be asked under the lock of the head, by a statement that begins when it is held: before, others still append. */
const knownOf = async (session: SqlSession, events: readonly AnyPublicEvent[]): Promise<Known> => {
  const rows = await session.query<{ event_id: string | null; hash: string | null; stream: string | null; version: string | null }>(
    `SELECT event_id, hash, NULL AS stream, NULL AS version FROM received_event WHERE event_id = ANY($1::uuid[])
     UNION ALL
     SELECT NULL, NULL, asked.stream, last.stream_version::text
     FROM unnest($2::text[]) AS asked (stream), LATERAL (
       SELECT stream_version FROM received_event WHERE stream = asked.stream ORDER BY stream_version DESC LIMIT 1) last`,
    [events.map(({ id }) => id), [...new Set(events.map(({ stream }) => stream))]],
    { name: 'received_events_known' },
  );
  return {
    hashes: new Map(rows.flatMap(({ event_id, hash }) => (event_id === null || hash === null ? [] : [[event_id, hash]]))),
    versions: new Map(rows.flatMap(({ stream, version }) => (stream === null ? [] : [[stream, Number(version)]]))),
  };
};

/**
 * The position that the log stands at until the transaction ends. What is asked under the lock is planned once a
 * connection, and by its indexes however small the log is by then.
 */
const lockHead = async (session: SqlSession): Promise<number> => {
  const [row] = await session.query<{ log_position: string }>(
    `SELECT log_position, set_config('enable_seqscan', 'off', true) FROM received_head WHERE one = 1 FOR UPDATE`,
    [],
    { name: 'received_head_lock', withNext: true },
  );
  return Number(row?.log_position);
};

/** The events that are not in the log yet, each once. */
const unseen = (events: readonly AnyPublicEvent[], known: Known): readonly AnyPublicEvent[] => {
  const hashes = new Map(known.hashes);
  const versions = new Map(known.versions);
  return events.filter((event) => {
    const hash = hashes.get(event.id);
    if (hash === event.hash) return false;
    if (hash !== undefined) {
      throw new ReceivedEventConflictError(`Event ${event.id} of ${event.stream} was received with hash ${hash}, now with ${event.hash}`);
    }
    const version = versions.get(event.stream) ?? 0;
    if (event.streamversion <= version) {
      throw new ReceivedOutOfOrderError(`${event.stream} was received up to version ${version}, now comes ${event.streamversion}`);
    }
    hashes.set(event.id, event.hash);
    versions.set(event.stream, event.streamversion);
    return true;
  });
};

/**
 * Appends what the log does not hold yet, in the order given, and answers it with its places. Events that the log
 * holds are passed over, so a batch may come any number of times. What it appends goes along with the next statement of
 * the transaction, or with its end.
 * @throws ReceivedEventConflictError, @throws ReceivedOutOfOrderError; either way nothing is appended
 */
export const appendReceived = async (session: SqlSession, events: readonly AnyPublicEvent[]): Promise<readonly ReceivedEvent[]> => {
  if (events.length === 0) return [];
  const locked = lockHead(session);
  locked.catch(() => undefined); // It comes with the failure of the statement that it goes with.
  const added = unseen(events, await knownOf(session, events));
  if (added.length === 0) return [];
  const head = await locked;
  goAlong(
    session,
    'received_events_add',
    `WITH head AS (UPDATE received_head SET log_position = log_position + $2 WHERE one = 1 RETURNING log_position - $2 AS before)
     INSERT INTO received_event (log_position, event_id, scope, district, stream, stream_version, type, subject,
       occurred_at, recorded_at, hash, event)
     SELECT head.before + e.n, event_id, scope, district, stream, stream_version, type, subject,
       occurred_at, recorded_at, hash, event::json
     FROM head, ROWS FROM (json_to_recordset($1::json) AS (event_id uuid, scope text, district text, stream text,
       stream_version bigint, type text, subject text, occurred_at timestamptz, recorded_at timestamptz, hash text,
       event text)) WITH ORDINALITY AS e (event_id, scope, district, stream, stream_version, type, subject,
       occurred_at, recorded_at, hash, event, n)`,
    [JSON.stringify(added.map(rowOf)), added.length],
  );
  return added.map((event, index) => ({ logPosition: head + index + 1, event }));
};
