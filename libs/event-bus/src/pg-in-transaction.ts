import type { Pool } from 'pg';
import type { InTransaction } from './sql-session.js';

/** Transactions on a pool of `pg`. A connection on which anything failed badly is thrown away instead of used again. */
export const pgInTransaction =
  (pool: Pool): InTransaction =>
  async (work) => {
    const client = await pool.connect();
    // A connection that breaks between two statements says so by an event, which would end the process unheard.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work({
        query: async <Row>(sql: string, values: readonly unknown[] = []) => {
          const { rows } = await client.query(sql, [...values]);
          return rows as Row[];
        },
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((cause: unknown) => {
        broken = new Error('The roll-back failed', { cause });
      });
      throw error;
    } finally {
      client.removeListener('error', ignore);
      client.release(broken);
    }
  };
