import { quoteIdentifier } from '../quote-identifier.js';

/**
 * How long a session may sit idle in a transaction that holds a checkpoint: the server ends that of a copy which was
 * frozen in the middle of a batch, or the next owner of the partition would wait at the lock for as long as the ice lasts.
 */
export const idleInTransactionMs = 5_000;

/** SQLSTATE of runs that cannot be begun all as they are; Cairn's own, in a class that PostgreSQL leaves free. */
const notAllState = 'CB002';

/**
 * What a run of messages begins with, in one round trip: moves the checkpoint and holds its row until the commit, notes
 * the ids, locks the keys of new messages that are parked, and takes over positions (decimal, one a scope) that are
 * further on than what is known of the partition. Answers no row, and does nothing, under a fence that is older than
 * the checkpoint's.
 *
 * A function and no single statement, because each of its statements has to see what was committed while the one before
 * waited for a lock: by a snapshot from before the wait, a key that the former owner has just parked would look open.
 */
export const consumerFunctions = (schemaName: string): string => {
  const schema = quoteIdentifier(schemaName);
  return `
CREATE OR REPLACE FUNCTION ${schema}.consumer_take_in(
  p_group text, p_log_id text, p_topic text, p_partition integer, p_last_offset bigint, p_fence bigint,
  p_ids text[], p_keys text[], p_scopes text[], p_positions text[]
) RETURNS TABLE (fresh_ids text[], parked_keys text[], moved_scopes text[], moved_positions text[]) LANGUAGE plpgsql AS $$
DECLARE
  fresh_keys text[];
BEGIN
  INSERT INTO ${schema}.consumer_checkpoint AS c (group_name, log_id, topic, partition, last_offset, fence)
    VALUES (p_group, p_log_id, p_topic, p_partition, p_last_offset, p_fence)
    ON CONFLICT (group_name, log_id, topic, partition) DO UPDATE
      SET last_offset = greatest(c.last_offset, excluded.last_offset), fence = excluded.fence, changed_at = now()
      WHERE c.fence <= excluded.fence;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true);

  IF cardinality(p_ids) > 0 THEN
    WITH taken AS (
      INSERT INTO ${schema}.consumer_inbox (group_name, message_id) SELECT p_group, unnest(p_ids)
      ON CONFLICT DO NOTHING RETURNING message_id)
    SELECT array_agg(taken.message_id) INTO fresh_ids FROM taken;
    SELECT array_agg(DISTINCT m.key) INTO fresh_keys
      FROM unnest(p_ids, p_keys) AS m (id, key) WHERE m.id = ANY (fresh_ids);
    SELECT array_agg(k.key) INTO parked_keys FROM (
      SELECT p.key FROM ${schema}.parked_key p
      WHERE p.group_name = p_group AND p.topic = p_topic AND p.key = ANY (fresh_keys) ORDER BY p.key FOR UPDATE) k;
  END IF;

  IF cardinality(p_scopes) > 0 THEN
    WITH moved AS (
      INSERT INTO ${schema}.consumer_progress AS p (group_name, topic, partition, scope, source_position)
      SELECT p_group, p_topic, p_partition, u.scope, u.position FROM unnest(p_scopes, p_positions) AS u (scope, position)
      ON CONFLICT (group_name, topic, partition, scope) DO UPDATE SET source_position = excluded.source_position
        WHERE p.source_position::numeric < excluded.source_position::numeric
      RETURNING p.scope, p.source_position)
    SELECT array_agg(moved.scope), array_agg(moved.source_position) INTO moved_scopes, moved_positions FROM moved;
  END IF;
  RETURN NEXT;
END $$;
${takeInRuns(schema)}`;
};

/**
 * A transaction of several partitions is not to hold up the others for the sake of one whose effect is slow: in milliseconds
 * for each statement. What is slower is taken in by itself, within the limit that the database has for all.
 */
const jointStatementMs = 2_000;

/** What both functions on several runs take and answer. */
const ofRuns = `(
  p_group text, p_log_ids text[], p_topics text[], p_partitions integer[], p_last_offsets bigint[], p_fences bigint[],
  p_places integer[], p_scopes text[], p_positions text[], p_event_places integer[], p_ids text[], p_keys text[]
) RETURNS TABLE (
  run_place integer, is_stale boolean, fresh_ids text[], parked_keys text[], moved_scopes text[], moved_positions text[]
)`;

/**
 * The same for runs of several partitions, each partition once, whose events are of the first one's topic. Passes over
 * those whose checkpoint is held by another or does not exist, and answers a row for each of the others: the run's place
 * from 1, whether its fence is older than the checkpoint's, so that it did nothing, and the positions that it has moved on.
 * New ids and parked keys of all runs come in a row before, of place 0, when there are events.
 *
 * `consumer_take_in_all` does the same, or fails: unless it is all of them, and every event is to be applied.
 */
const takeInRuns = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.consumer_take_in_runs${ofRuns} LANGUAGE plpgsql AS $$
DECLARE
  held integer[];
  taken integer[];
  fresh_keys text[];
BEGIN
  SELECT coalesce(array_agg(h.place), '{}'), coalesce(array_agg(h.place) FILTER (WHERE h.fence <= p_fences[h.place]), '{}')
    INTO held, taken
    FROM (
      SELECT r.place::integer AS place, c.fence
      FROM unnest(p_log_ids, p_topics, p_partitions) WITH ORDINALITY AS r (log_id, topic, partition, place)
      JOIN ${schema}.consumer_checkpoint c
        ON c.group_name = p_group AND c.log_id = r.log_id AND c.topic = r.topic AND c.partition = r.partition
      FOR UPDATE OF c SKIP LOCKED) h;

  UPDATE ${schema}.consumer_checkpoint c
    SET last_offset = greatest(c.last_offset, p_last_offsets[t.place]), fence = p_fences[t.place], changed_at = now()
    FROM unnest(taken) AS t (place)
    WHERE c.group_name = p_group AND c.log_id = p_log_ids[t.place]
      AND c.topic = p_topics[t.place] AND c.partition = p_partitions[t.place];

  IF cardinality(p_ids) > 0 THEN
    PERFORM set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true),
      set_config('statement_timeout', '${jointStatementMs}', true);
    WITH inserted AS (
      INSERT INTO ${schema}.consumer_inbox (group_name, message_id)
      SELECT p_group, e.id FROM unnest(p_event_places, p_ids) AS e (place, id) WHERE e.place = ANY (taken) ORDER BY e.id
      ON CONFLICT DO NOTHING RETURNING message_id)
    SELECT array_agg(inserted.message_id) INTO fresh_ids FROM inserted;
    SELECT array_agg(DISTINCT m.key) INTO fresh_keys
      FROM unnest(p_ids, p_keys) AS m (id, key) WHERE m.id = ANY (fresh_ids);
    SELECT array_agg(k.key) INTO parked_keys FROM (
      SELECT p.key FROM ${schema}.parked_key p
      WHERE p.group_name = p_group AND p.topic = p_topics[1] AND p.key = ANY (fresh_keys) ORDER BY p.key FOR UPDATE) k;
    run_place := 0;
    is_stale := false;
    RETURN NEXT;
  END IF;

  RETURN QUERY
    WITH moved AS (
      INSERT INTO ${schema}.consumer_progress AS p (group_name, topic, partition, scope, source_position)
      SELECT p_group, p_topics[u.place], p_partitions[u.place], u.scope, u.position
      FROM unnest(p_places, p_scopes, p_positions) AS u (place, scope, position)
      WHERE u.place = ANY (taken) ORDER BY 2, 3, 4
      ON CONFLICT (group_name, topic, partition, scope) DO UPDATE SET source_position = excluded.source_position
        WHERE p.source_position::numeric < excluded.source_position::numeric
      RETURNING p.topic, p.partition, p.scope, p.source_position)
    SELECT h.place, NOT h.place = ANY (taken), NULL::text[], NULL::text[],
      array_agg(m.scope) FILTER (WHERE m.scope IS NOT NULL), array_agg(m.source_position) FILTER (WHERE m.scope IS NOT NULL)
    FROM unnest(held) AS h (place)
    LEFT JOIN moved m ON m.topic = p_topics[h.place] AND m.partition = p_partitions[h.place]
    GROUP BY h.place;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.consumer_take_in_all${ofRuns} LANGUAGE plpgsql AS $$
DECLARE
  begun integer := 0;
BEGIN
  FOR run_place, is_stale, fresh_ids, parked_keys, moved_scopes, moved_positions IN
    SELECT * FROM ${schema}.consumer_take_in_runs(
      p_group, p_log_ids, p_topics, p_partitions, p_last_offsets, p_fences,
      p_places, p_scopes, p_positions, p_event_places, p_ids, p_keys)
  LOOP
    IF run_place > 0 AND NOT is_stale THEN begun := begun + 1; END IF;
    IF run_place = 0 AND (coalesce(cardinality(fresh_ids), 0) < cardinality(p_ids) OR parked_keys IS NOT NULL) THEN
      RAISE EXCEPTION 'Some messages came before, or have a key that is parked' USING ERRCODE = '${notAllState}';
    END IF;
    RETURN NEXT;
  END LOOP;
  IF begun < cardinality(p_log_ids) THEN
    RAISE EXCEPTION 'Some partitions are held by another' USING ERRCODE = '${notAllState}';
  END IF;
END $$;
`;
