import { addressOf } from './address-of.js';

/** How PostgreSQL is named to whoever has to mend it. */
export const postgresAt = (databaseUrl: string) =>
  ({ kind: 'postgresql', address: addressOf(databaseUrl), variable: 'DATABASE_URL' }) as const;
