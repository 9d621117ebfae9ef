/** The embedded server could not be made ready; the message carries the last lines of its log. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
}

/** The embedded server did not end in time, not even when told to end at once. */
export class PostgresStopError extends Error {
  override readonly name = 'PostgresStopError';
}

/** No PostgreSQL of ours can run here: no package for this platform, or its programs do not start. */
export class PostgresBinariesError extends Error {
  override readonly name = 'PostgresBinariesError';
}
