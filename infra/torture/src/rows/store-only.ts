import pg from 'pg';

import type { Row } from './row.js';
import { postgresBus, rowsOn } from './row.js';

/** Rows about the record alone: whatever carries the messages, they are the same. */
export const rowsOfStore = (): ReturnType<typeof rowsOn> => rowsOn(postgresBus);

/** A connection of somebody else, until the end of the row. */
export const connected = async (row: Row, url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  row.onEnd(() => client.end());
  return client;
};
