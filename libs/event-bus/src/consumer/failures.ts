import { EventBusUnavailableError } from '../event-bus.js';

/** The consumer's partition belongs to another owner by now; what this one did was rolled back. */
export class StaleOwnerError extends Error {
  override readonly name = 'StaleOwnerError';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly fence: number,
  ) {
    super(`${topic}/${partition} has a newer owner than the one with fence ${fence}`);
  }
}

/**
 * Classes of SQLSTATE that no message is guilty of: connection (08), transaction roll-back such as a deadlock (40),
 * access rights and missing tables (28, 3D, 3F, 42), resources (53), locks that were not to be had (55), operator and
 * shutdown (57), system (58), internal (XX).
 */
const blamelessClasses = new Set(['08', '28', '3D', '3F', '40', '42', '53', '55', '57', '58', 'XX']);

/** Of class 25 only a server that is read-only, and transactions that took too long. */
const blamelessCodes = new Set(['25006', '25P03', '25P04']);

const brokenConnectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EMFILE',
]);

/** What `pg` and its pool say without a code. */
const brokenConnectionWords = new RegExp(
  [
    'connection terminated',
    'connection timeout',
    'timeout exceeded when trying to connect',
    'query read timeout',
    'client has encountered a connection error',
    'client was closed',
    'after calling end on the pool',
    'not queryable',
  ].join('|'),
  'i',
);

const blames = (error: unknown): 'environment' | 'unknown' => {
  if (error instanceof EventBusUnavailableError || error instanceof StaleOwnerError) return 'environment';
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (brokenConnectionCodes.has(code) || brokenConnectionWords.test(error.message)) return 'environment';
  const isState = /^[0-9A-Z]{5}$/.test(code);
  if (isState && (blamelessClasses.has(code.slice(0, 2)) || blamelessCodes.has(code))) return 'environment';
  return error.name === 'EventStoreUnavailableError' ? 'environment' : 'unknown';
};

/**
 * True for a failure of the surroundings (server away, deadlock, missing table, replaced owner), also when a library
 * has wrapped it: the message is to be tried again and never parked for it.
 */
export const isEnvironmentFailure = (error: unknown): boolean => holds(error, (one) => blames(one) === 'environment');

/** SQLSTATE of a statement that was cancelled, which is what the server does at `statement_timeout`. */
const queryCanceled = '57014';

/** True when the database has ended a statement that took too long: by its own slowness, or by that of one message. */
export const isStatementTimeout = (error: unknown): boolean =>
  holds(error, (one) => one instanceof Error && 'code' in one && one.code === queryCanceled);

/** Whether it is true of the error, or of one that it wraps. */
const holds = (error: unknown, is: (one: unknown) => boolean, depth = 0): boolean => {
  if (depth > 8) return false;
  if (is(error)) return true;
  if (!(error instanceof Error)) return false;
  const inner: unknown[] = [error.cause];
  if ('driverError' in error) inner.push(error.driverError);
  if (error instanceof AggregateError) inner.push(...error.errors);
  return inner.some((one) => one !== undefined && holds(one, is, depth + 1));
};

/** What is said of a failure where a message is parked for it: text that PostgreSQL keeps, at most 4,000 characters. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll('\u0000', '').slice(0, 4_000);
