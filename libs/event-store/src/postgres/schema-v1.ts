/**
 * Version 1 of the tables of one event store.
 *
 * `es_head` holds the last position. An append moves it in the statement that inserts, and the lock on its one row
 * lasts until the commit: positions are dense and in commit order, so whoever sees a position sees everything before
 * it, and a rollback gives its numbers back. `data` and `meta` are `json` and not `jsonb`: the text that was hashed
 * is the text that is kept. Names sort by their bytes on every server, hence the collation.
 */
export const schemaVersion1 = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.es_head (
    one int PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    pos bigint NOT NULL CHECK (pos >= 0)
  ) WITH (fillfactor = 10)`,
  `INSERT INTO ${schema}.es_head (pos) VALUES (0)`,
  `CREATE TABLE ${schema}.es_stream (
    stream_id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL CHECK (version > 0),
    head_hash bytea NOT NULL,
    recorded_at timestamptz NOT NULL
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE ${schema}.es_event (
    pos bigint NOT NULL,
    stream_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    event_id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    schema_version smallint NOT NULL,
    data json NOT NULL,
    meta json NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (stream_id, version)
  )`,
  `CREATE UNIQUE INDEX es_event_pos ON ${schema}.es_event (pos)`,
  `CREATE UNIQUE INDEX es_event_id ON ${schema}.es_event (stream_id, event_id)`,
  guardFunction(schema),
  // For each statement and not for each row, so that it also fires when no row is touched.
  `CREATE TRIGGER es_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.es_event
    FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.es_refuse_change()`,
  appendFunction(schema),
];

const guardFunction = (schema: string): string => `
  CREATE FUNCTION ${schema}.es_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
  BEGIN
    RAISE EXCEPTION '% of events is refused: what happened stays on record', TG_OP
      USING ERRCODE = 'restrict_violation';
  END
  $body$`;

/**
 * Appends for many commands at once, at most one for each stream. A command is stored when its stream has the
 * expected version and, so that nobody can write a hash over a past that is not there, the expected head hash.
 * Answers the stored commands (their number from 1) with the position of their last event; the caller finds out about
 * the others. An id that stands in its stream already fails the whole call by the unique index, which is rare: mostly
 * the version is another one by then.
 *
 * One statement, because each further one costs. New streams are inserted in the order of their ids, then the rows
 * of old ones are locked in the same order, then the head: the same order everywhere, so there are no deadlocks, and
 * the head is held for the shortest time. The look-up is lateral with a lock, which the planner cannot turn into a scan
 * of a whole table. `moved` is an upsert of rows that are locked already: it sees their newest state,
 * where an UPDATE would look for them in the statement's snapshot.
 */
const appendFunction = (schema: string): string => `
  CREATE FUNCTION ${schema}.es_append(
    c_stream text[], c_expected bigint[], c_previous bytea[], c_events int[], c_hash bytea[], c_recorded timestamptz[],
    e_command int[], e_index int[], e_id uuid[], e_type text[], e_schema_version smallint[], e_data json[],
    e_meta json[], e_occurred timestamptz[], e_hash bytea[]
  ) RETURNS TABLE (command int, last_pos bigint) LANGUAGE plpgsql AS $body$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY
    WITH cmd AS MATERIALIZED (
      SELECT c.* FROM unnest(c_stream, c_expected, c_previous, c_events, c_hash, c_recorded)
        WITH ORDINALITY AS c (stream_id, expected, previous, events, hash, recorded, number)
    ), event AS MATERIALIZED (
      SELECT e.* FROM unnest(e_command, e_index, e_id, e_type, e_schema_version, e_data, e_meta, e_occurred, e_hash)
        AS e (number, index, id, type, schema_version, data, meta, occurred, hash)
    ), born AS (
      INSERT INTO ${schema}.es_stream AS s (stream_id, version, head_hash, recorded_at)
      SELECT c.stream_id, c.events, c.hash, c.recorded FROM cmd c WHERE c.expected = 0 ORDER BY c.stream_id
      ON CONFLICT DO NOTHING
      RETURNING s.stream_id
    ), locked AS MATERIALIZED (
      SELECT c.number, s.stream_id, s.version, s.head_hash
      FROM (SELECT * FROM cmd WHERE expected > 0 AND (SELECT count(*) FROM born) >= 0 ORDER BY stream_id) c
      CROSS JOIN LATERAL (
        SELECT x.stream_id, x.version, x.head_hash FROM ${schema}.es_stream x WHERE x.stream_id = c.stream_id FOR UPDATE
      ) s
    ), moved AS (
      INSERT INTO ${schema}.es_stream AS s (stream_id, version, head_hash, recorded_at)
      SELECT c.stream_id, c.expected + c.events, c.hash, c.recorded
      FROM locked l JOIN cmd c ON c.number = l.number
      WHERE l.version = c.expected AND l.head_hash = c.previous
      ON CONFLICT (stream_id) DO UPDATE
        SET version = excluded.version, head_hash = excluded.head_hash, recorded_at = excluded.recorded_at
      RETURNING s.stream_id
    ), matched AS MATERIALIZED (
      SELECT c.number, c.stream_id, c.expected, c.events, c.recorded,
        sum(c.events) OVER (ORDER BY c.number)::bigint AS up_to
      FROM cmd c JOIN (SELECT stream_id FROM born UNION ALL SELECT stream_id FROM moved) m ON m.stream_id = c.stream_id
    ), head AS (
      UPDATE ${schema}.es_head h SET pos = h.pos + t.total
      FROM (SELECT sum(m.events)::bigint AS total FROM matched m) t WHERE h.one = 1 AND t.total > 0
      RETURNING h.pos - t.total AS before
    ), stored AS (
      INSERT INTO ${schema}.es_event
        (pos, stream_id, version, event_id, type, schema_version, data, meta, occurred_at, recorded_at, hash)
      SELECT head.before + m.up_to - m.events + e.index, m.stream_id, m.expected + e.index,
        e.id, e.type, e.schema_version, e.data, e.meta, e.occurred, m.recorded, e.hash
      FROM head CROSS JOIN matched m JOIN event e ON e.number = m.number
    )
    SELECT m.number::int, head.before + m.up_to FROM matched m CROSS JOIN head;
  END
  $body$`;
