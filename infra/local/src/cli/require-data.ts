import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** @throws Error when there is neither a `DATABASE_URL` nor a database in the data directory: a mistyped path makes none */
export const requireData = (dataDir: string): void => {
  if (process.env['DATABASE_URL'] !== undefined || existsSync(join(dataDir, 'pg18'))) return;
  throw new Error(`There is no data in ${resolve(dataDir)}. Start the platform there first (cairn start --data …), or name another --data.`);
};
