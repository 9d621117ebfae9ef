/**
 * Version 2 names the record. The id is a row and not a function of the place, so that it goes along with a dump and
 * is made anew for a schema that is made anew: positions that were kept for one record never meet those of another.
 */
export const schemaVersion2 = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.es_store (
    one int PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    id uuid NOT NULL
  )`,
  `INSERT INTO ${schema}.es_store (id) VALUES (gen_random_uuid())`,
];
