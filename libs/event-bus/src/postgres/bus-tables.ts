import { quoteIdentifier } from '../quote-identifier.js';

/** Tables of the bus. `log` names it, once and for all. `partition_head` holds the next offset of each partition: its row lock orders the commits. */
export const busTables = (schemaName: string): string => {
  const schema = quoteIdentifier(schemaName);
  return `
CREATE SCHEMA IF NOT EXISTS ${schema};

CREATE TABLE IF NOT EXISTS ${schema}.log (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO ${schema}.log DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS ${schema}.topic (
  topic text PRIMARY KEY,
  partitions integer NOT NULL CHECK (partitions BETWEEN 1 AND 64),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS ${schema}.partition_head (
  topic text NOT NULL REFERENCES ${schema}.topic,
  partition integer NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 10);

CREATE TABLE IF NOT EXISTS ${schema}.message (
  topic text NOT NULL,
  partition integer NOT NULL,
  message_offset bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('event', 'watermark')),
  scope text NOT NULL,
  source_position text NOT NULL,
  message_id text,
  key text,
  headers json,
  value text,
  value_bytes integer NOT NULL DEFAULT 0,
  published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (topic, partition, message_offset),
  CHECK (kind = 'watermark' OR num_nulls(message_id, key, headers, value) = 0)
);

CREATE TABLE IF NOT EXISTS ${schema}.consumer_group (
  group_name text PRIMARY KEY
);

CREATE TABLE IF NOT EXISTS ${schema}.member (
  group_name text NOT NULL REFERENCES ${schema}.consumer_group,
  member_id uuid NOT NULL,
  topics text[] NOT NULL,
  lease_ends_at timestamptz NOT NULL,
  PRIMARY KEY (group_name, member_id)
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS ${schema}.ownership (
  group_name text NOT NULL REFERENCES ${schema}.consumer_group,
  topic text NOT NULL REFERENCES ${schema}.topic,
  partition integer NOT NULL,
  member_id uuid,
  fence bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (group_name, topic, partition)
) WITH (fillfactor = 50);

CREATE OR REPLACE FUNCTION ${schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'messages are only ever added: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER messages_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.message
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
`;
};

/** What the role of a service may do: add messages and read them, and keep its place in consumer groups. */
export const busGrants = (schemaName: string, roleName: string): string => {
  const schema = quoteIdentifier(schemaName);
  const role = quoteIdentifier(roleName);
  return `
GRANT USAGE ON SCHEMA ${schema} TO ${role};
GRANT SELECT ON ${schema}.log TO ${role};
GRANT SELECT, INSERT ON ${schema}.topic, ${schema}.message, ${schema}.consumer_group TO ${role};
GRANT SELECT, INSERT, UPDATE ON ${schema}.partition_head, ${schema}.ownership TO ${role};
GRANT UPDATE ON ${schema}.consumer_group TO ${role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.member TO ${role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${role};
`;
};
