import { isNativeError } from 'node:util/types';

import pg from 'pg';

import { EventStoreUnavailableError } from '../errors.js';

/**
 * Codes (SQLSTATE) or classes of them that say: not now. Connection, resources, operator, system; a lock or a
 * statement that took too long; a victim among concurrent transactions; a server that only reads for the moment.
 */
const passing = ['08', '53', '57', '58', '40', '55P03', '25006'];

/** Whether the connection is of no use any more, so that what was asked may or may not have been done. */
export const isConnectionLost = (error: unknown): boolean => {
  if (!(error instanceof pg.DatabaseError)) return true;
  return error.severity === 'FATAL' || error.severity === 'PANIC' || error.code?.startsWith('08') === true;
};

/** A deadline passed, the server's (57014) or the driver's own: trying again at once would make it worse. */
export const isTimeout = (error: unknown): boolean => {
  if (error instanceof pg.DatabaseError) return error.code === '57014';
  return isNativeError(error) && /timeout/i.test(error.message);
};

/** What a caller of the port is told: `EventStoreUnavailableError` for what passes, else the error itself. */
export const normalised = (error: unknown): unknown => {
  if (error instanceof EventStoreUnavailableError) return error;
  if (error instanceof pg.DatabaseError) {
    const { code = '' } = error;
    const passes = isConnectionLost(error) || passing.some((prefix) => code.startsWith(prefix));
    // Wrong password, unknown database or role: FATAL, but no waiting mends it.
    if (!passes || /^(?:28|3D)/.test(code)) return error;
  } else if (!isNativeError(error) || ['TypeError', 'RangeError'].includes(error.name)) {
    // A mistake in this code, not a word from the network.
    return error;
  }
  return new EventStoreUnavailableError(`PostgreSQL is not available: ${messageOf(error)}`, { cause: error });
};

/** A refused connection to several addresses arrives as an aggregate without a message of its own. */
const messageOf = (error: Error): string => {
  if (error.message !== '') return error.message;
  return 'errors' in error && Array.isArray(error.errors) ? error.errors.map(String).join('; ') : error.name;
};
