import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

import { readShortStreams } from './read-log.js';

/** A public event with its place in the log of this service: 1, 2, 3, … in the order of receipt. */
export interface ReceivedEvent {
  readonly logPosition: number;
  readonly event: AnyPublicEvent;
  /** Everything received of its stream up to it, itself included, where that was at hand when it was received. */
  readonly history?: readonly ReceivedEvent[] | undefined;
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

interface AddedRow {
  readonly event_id: string;
  readonly log_position: string;
}

/** What a transaction appends to the log. It is no promise by itself: within the transaction it cannot be waited for. */
export interface Appending {
  /** What the log did not hold, with its places, in their order; once the transaction has sent its next statement, or ended. */
  readonly added: Promise<readonly ReceivedEvent[]>;
}

/** Of more events, or of longer streams, the histories are left to those who need them. */
const eventsWithHistoryMax = 20;

/**
 * Appends what the log does not hold yet, in the order given. Events that the log holds are passed over, so a batch may
 * come any number of times. It goes along with the next statement of the transaction, or with its end, which fails with it:
 * for an event that stands in the log with another content hash, and for a stream that goes back. Of few events the
 * streams are read in the same round trip, under the lock of the head, since read models fold them next.
 */
export const appendReceived = (session: SqlSession, events: readonly AnyPublicEvent[]): Appending => {
  const appended = session.query<AddedRow>(
    'SELECT event_id, log_position FROM receive_events($1::json)',
    [JSON.stringify(events.map(rowOf))],
    { name: 'received_events_append', withNext: true },
  );
  const streams = events.length > eventsWithHistoryMax ? [] : [...new Set(events.map(({ stream }) => stream))];
  const whole = streams.length === 0 ? undefined : readShortStreams(session, streams);
  const added = Promise.all([appended, whole]).then(([rows, histories]) => {
    const positions = new Map(rows.map((row) => [row.event_id, Number(row.log_position)]));
    const fresh = events.flatMap((event) => {
      const logPosition = positions.get(event.id);
      positions.delete(event.id);
      return logPosition === undefined ? [] : [{ logPosition, event }];
    });
    return fresh.map((received): ReceivedEvent => {
      const history = histories?.get(received.event.stream);
      return history?.at(-1)?.logPosition === received.logPosition ? { ...received, history } : received;
    });
  });
  added.catch(() => undefined); // It comes with the failure of the statement that it goes with.
  return { added };
};
