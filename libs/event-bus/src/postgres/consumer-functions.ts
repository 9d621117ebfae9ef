import { quoteIdentifier } from '../quote-identifier.js';

/**
 * How long a session may sit idle in a transaction that holds a checkpoint: the server ends that of a copy which was
 * frozen in the middle of a batch, or the next owner of the partition would wait at the lock for as long as the ice lasts.
 */
export const idleInTransactionMs = 5_000;

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
`;
};
