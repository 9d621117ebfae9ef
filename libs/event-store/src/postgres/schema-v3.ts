/** Version 3 can say that the record goes on in another engine. A record that was left takes no more events. */
export const schemaVersion3 = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.es_moved (
    one int PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    destination text NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
];
