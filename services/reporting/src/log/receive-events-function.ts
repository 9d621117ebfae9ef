/** What the rows of `appendReceived` are read as. */
const columns = `event_id uuid, scope text, district text, stream text, stream_version bigint, type text, subject text,
  occurred_at timestamptz, recorded_at timestamptz, hash text, event text`;

const names = 'event_id, scope, district, stream, stream_version, type, subject, occurred_at, recorded_at, hash';

/**
 * Appends to the log, under the lock of its head. A function and no single statement, because what the log holds has to be
 * asked when the lock is held: before, others still append. Each event is looked up by itself, so that a plan from when
 * the log was small is right for a large one.
 */
export const receiveEventsFunction = `
CREATE OR REPLACE FUNCTION refuse_received(reason text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', reason USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION receive_events(p_events json) RETURNS TABLE (event_id uuid, log_position bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  head bigint;
  added bigint;
BEGIN
  SELECT h.log_position INTO head FROM received_head h WHERE h.one = 1 FOR UPDATE;

  RETURN QUERY
    INSERT INTO received_event AS r (log_position, ${names}, event)
    SELECT
      CASE WHEN stream_version <= coalesce(version_before, version_known, 0) THEN refuse_received(
        stream || ' was received up to version ' || coalesce(version_before, version_known) || ', now comes ' || stream_version)
      ELSE head + place END,
      ${names}, event::json
    FROM (
      SELECT fresh.*, row_number() OVER (ORDER BY n) AS place,
        lag(stream_version) OVER (PARTITION BY stream ORDER BY n) AS version_before,
        (SELECT k.stream_version FROM received_event k WHERE k.stream = fresh.stream ORDER BY k.stream_version DESC LIMIT 1) AS version_known
      FROM (
        SELECT * FROM (
          SELECT e.*, coalesce(
            (SELECT k.hash FROM received_event k WHERE k.event_id = e.event_id),
            lag(e.hash) OVER (PARTITION BY e.event_id ORDER BY e.n)) AS known_hash
          FROM ROWS FROM (json_to_recordset(p_events) AS (${columns})) WITH ORDINALITY
            AS e (${names}, event, n)) told
        WHERE CASE WHEN known_hash <> hash THEN refuse_received(
            'Event ' || event_id || ' of ' || stream || ' was received with hash ' || known_hash || ', now with ' || hash) IS NULL
          ELSE known_hash IS NULL END) fresh) placed
    ORDER BY place
    RETURNING r.event_id, r.log_position;
  GET DIAGNOSTICS added = ROW_COUNT;
  IF added > 0 THEN UPDATE received_head SET log_position = head + added WHERE one = 1; END IF;
END $$;
`;

/**
 * Everything received of those of the streams that are short, in the order of their versions: nothing of one that has
 * more events, or more text, than is asked for. It is called under the lock of the log's head, so it never walks the log,
 * whatever size that had when the function was planned.
 */
export const shortStreamsFunction = `
CREATE OR REPLACE FUNCTION received_short_streams(p_streams text[], p_events_max int, p_characters_max int)
RETURNS TABLE (log_position bigint, event json) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY
    SELECT r.log_position, r.event FROM unnest(p_streams) AS s (stream)
    CROSS JOIN LATERAL (
      SELECT newest.*, count(*) OVER () AS events, sum(length(newest.event::text)) OVER () AS characters
      FROM (
        SELECT e.log_position, e.stream_version, e.event FROM received_event e
        WHERE e.stream = s.stream ORDER BY e.stream_version DESC LIMIT p_events_max + 1) newest) r
    WHERE r.events <= p_events_max AND r.characters <= p_characters_max
    ORDER BY s.stream, r.stream_version;
END $$;
`;
