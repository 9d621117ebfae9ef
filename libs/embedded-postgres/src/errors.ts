/** The embedded server could not be made ready; the message carries the last lines of its log. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
}

/** The embedded server did not end in time, not even when told to end at once. */
export class PostgresStopError extends Error {
  override readonly name = 'PostgresStopError';
}

/** The embedded server ended although nobody asked it to; what was committed is safe, and the next start recovers it. */
export class PostgresExitedError extends Error {
  override readonly name = 'PostgresExitedError';
}

/** No PostgreSQL of ours can run here: no package for this platform, or its programs do not start. */
export class PostgresBinariesError extends Error {
  override readonly name = 'PostgresBinariesError';
}

/** The data directory cannot be used by this user, or is not one of ours. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/** Another process owns the data directory and is alive. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';

  constructor(
    readonly dataDir: string,
    /** Of the owning process. */
    readonly pid: number,
    /** What it was started for, such as `cairn start`. */
    readonly purpose: string,
    /** Where it answers, once it has said so. */
    readonly address: string | undefined,
  ) {
    const where = address === undefined ? 'it has no address yet' : `at ${address}`;
    super(`Already running on ${dataDir}: ${purpose}, pid ${pid}, ${where}. Stop it first, or choose another data directory.`);
  }
}
