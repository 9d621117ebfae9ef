/** What a service needs, beside reading, to append to the record in a schema; whoever is without one of them cannot. */
export const appendRights = (schema: string): readonly string[] => [
  `INSERT ON ${schema}.es_event`,
  `INSERT, UPDATE ON ${schema}.es_head, ${schema}.es_stream`,
  `EXECUTE ON FUNCTION ${schema}.es_append`,
];
