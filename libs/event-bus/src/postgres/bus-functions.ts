import { quoteIdentifier } from '../quote-identifier.js';

/** SQLSTATE of a publish to a topic that has no such partition; Cairn's own, in a class that PostgreSQL leaves free. */
export const unknownTopicState = 'CB001';

/**
 * Appends to the partitions of one topic, and answers the first offset in each. Heads are locked in the order of the
 * partitions, so that publishers never deadlock, and the locks are held until the commit: whoever sees an offset sees
 * all before it, and a rollback gives its numbers back. `publish` is for copies of an earlier version beside this one.
 */
const publishFunctions = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.publish_at(
  p_topic text, p_partitions integer[], p_kinds text[], p_scopes text[], p_positions text[],
  p_ids text[], p_keys text[], p_headers text[], p_values text[]
) RETURNS TABLE (at_partition integer, first_offset bigint) LANGUAGE plpgsql AS $$
DECLARE
  locked bigint;
BEGIN
  PERFORM 1 FROM ${schema}.partition_head h
    WHERE h.topic = p_topic AND h.partition = ANY (p_partitions) ORDER BY h.partition FOR UPDATE;
  GET DIAGNOSTICS locked = ROW_COUNT;
  IF locked < (SELECT count(DISTINCT p) FROM unnest(p_partitions) p) THEN
    RAISE EXCEPTION 'Topic % was not made', p_topic USING ERRCODE = '${unknownTopicState}';
  END IF;

  RETURN QUERY WITH entry AS (
    SELECT e.*, row_number() OVER (PARTITION BY e.partition ORDER BY e.place) - 1 AS nth
    FROM unnest(p_partitions, p_kinds, p_scopes, p_positions, p_ids, p_keys, p_headers, p_values) WITH ORDINALITY
      AS e (partition, kind, scope, source_position, message_id, key, headers, value, place)
  ), advanced AS (
    UPDATE ${schema}.partition_head h SET next_offset = h.next_offset + n.entries
    FROM (SELECT entry.partition, count(*) AS entries FROM entry GROUP BY entry.partition) n
    WHERE h.topic = p_topic AND h.partition = n.partition
    RETURNING h.partition, h.next_offset - n.entries AS from_offset
  ), added AS (
    INSERT INTO ${schema}.message
      (topic, partition, message_offset, kind, scope, source_position, message_id, key, headers, value, value_bytes)
    SELECT p_topic, e.partition, a.from_offset + e.nth, e.kind, e.scope, e.source_position, e.message_id, e.key,
      e.headers::json, e.value, coalesce(octet_length(e.value), 0)
    FROM entry e JOIN advanced a ON a.partition = e.partition
  )
  SELECT a.partition, a.from_offset FROM advanced a;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.publish(
  p_topic text, p_partitions integer[], p_kinds text[], p_scopes text[], p_positions text[],
  p_ids text[], p_keys text[], p_headers text[], p_values text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ${schema}.publish_at(p_topic, p_partitions, p_kinds, p_scopes, p_positions, p_ids, p_keys, p_headers, p_values);
END $$;
`;

/**
 * One transaction for each sign of life of a member, one after the other within a group: renews its lease by the clock
 * of the database, forgets members whose lease has run out, and takes free partitions up to a fair share. What is left
 * over of equal shares goes to those who own most, so that as little as possible moves. The fence grows with each new
 * owner.
 */
const heartbeatFunction = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.heartbeat(p_group text, p_member uuid, p_topics text[], p_lease_ms integer)
RETURNS TABLE (owned_topic text, owned_partition integer, owned_fence bigint, is_surplus boolean) LANGUAGE plpgsql AS $$
DECLARE
  a_topic text;
  partition_count integer;
  sharer_count integer;
  my_rank integer;
  my_count integer;
  quota integer;
BEGIN
  INSERT INTO ${schema}.consumer_group (group_name) VALUES (p_group) ON CONFLICT DO NOTHING;
  PERFORM 1 FROM ${schema}.consumer_group g WHERE g.group_name = p_group FOR UPDATE;

  INSERT INTO ${schema}.member AS m (group_name, member_id, topics, lease_ends_at)
    VALUES (p_group, p_member, p_topics, clock_timestamp() + p_lease_ms * interval '1 millisecond')
    ON CONFLICT (group_name, member_id) DO UPDATE SET lease_ends_at = excluded.lease_ends_at;
  DELETE FROM ${schema}.member m WHERE m.group_name = p_group AND m.lease_ends_at < clock_timestamp();
  UPDATE ${schema}.ownership o SET member_id = NULL
    WHERE o.group_name = p_group AND o.member_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM ${schema}.member m WHERE m.group_name = p_group AND m.member_id = o.member_id);
  INSERT INTO ${schema}.ownership (group_name, topic, partition)
    SELECT p_group, t.topic, p FROM ${schema}.topic t, generate_series(0, t.partitions - 1) p
    WHERE t.topic = ANY (p_topics)
      AND NOT EXISTS (
        SELECT 1 FROM ${schema}.ownership o
        WHERE o.group_name = p_group AND o.topic = t.topic AND o.partition = p);

  FOREACH a_topic IN ARRAY p_topics LOOP
    SELECT count(*) INTO partition_count
      FROM ${schema}.ownership o WHERE o.group_name = p_group AND o.topic = a_topic;
    SELECT count(*),
        max(s.place) FILTER (WHERE s.member_id = p_member),
        max(s.owns) FILTER (WHERE s.member_id = p_member)
      INTO sharer_count, my_rank, my_count
      FROM (
        SELECT c.member_id, c.owns, row_number() OVER (ORDER BY c.owns DESC, md5(c.member_id || a_topic)) AS place
        FROM (
          SELECT m.member_id, count(o.partition) AS owns
          FROM ${schema}.member m
          LEFT JOIN ${schema}.ownership o
            ON o.group_name = m.group_name AND o.member_id = m.member_id AND o.topic = a_topic
          WHERE m.group_name = p_group AND a_topic = ANY (m.topics)
          GROUP BY m.member_id
        ) c
      ) s;
    quota := partition_count / sharer_count + CASE WHEN my_rank <= partition_count % sharer_count THEN 1 ELSE 0 END;

    UPDATE ${schema}.ownership o SET member_id = p_member, fence = o.fence + 1
      WHERE o.group_name = p_group AND o.topic = a_topic AND o.partition IN (
        SELECT f.partition FROM ${schema}.ownership f
        WHERE f.group_name = p_group AND f.topic = a_topic AND f.member_id IS NULL
        ORDER BY f.partition LIMIT greatest(quota - my_count, 0));

    RETURN QUERY
      SELECT o.topic, o.partition, o.fence, row_number() OVER (ORDER BY o.partition) > quota
      FROM ${schema}.ownership o WHERE o.group_name = p_group AND o.topic = a_topic AND o.member_id = p_member;
  END LOOP;
END $$;
`;

const releaseFunctions = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.release(p_group text, p_member uuid, p_topics text[], p_partitions integer[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ${schema}.consumer_group g WHERE g.group_name = p_group FOR UPDATE;
  UPDATE ${schema}.ownership o SET member_id = NULL
    FROM unnest(p_topics, p_partitions) AS r (topic, partition)
    WHERE o.group_name = p_group AND o.topic = r.topic AND o.partition = r.partition AND o.member_id = p_member;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.leave(p_group text, p_member uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ${schema}.consumer_group g WHERE g.group_name = p_group FOR UPDATE;
  UPDATE ${schema}.ownership o SET member_id = NULL WHERE o.group_name = p_group AND o.member_id = p_member;
  DELETE FROM ${schema}.member m WHERE m.group_name = p_group AND m.member_id = p_member;
END $$;
`;

export const busFunctions = (schemaName: string): string => {
  const schema = quoteIdentifier(schemaName);
  return publishFunctions(schema) + heartbeatFunction(schema) + releaseFunctions(schema);
};
