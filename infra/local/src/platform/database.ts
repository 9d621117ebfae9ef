import { startEmbeddedPostgres, takeOwnership } from '@cairn/embedded-postgres';

/** The database that the platform stands on, and the sole right to run on the data directory. */
export interface PlatformDatabase {
  readonly url: string;
  /** Tells whoever comes second where the platform answers. */
  announce(address: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens the database: the one of `DATABASE_URL`, or an embedded one in the data directory, of whose unexpected end
 * `onLost` tells.
 * @throws AlreadyRunningError when another platform runs on the data directory
 */
export const openDatabase = async (
  dataDir: string,
  purpose: string,
  databaseUrl: string | undefined,
  onProgress: (message: string) => void,
  onLost: (error: Error) => void,
): Promise<PlatformDatabase> => {
  if (databaseUrl === undefined) return startEmbeddedPostgres({ dataDir, purpose, onProgress, onUnexpectedExit: onLost });
  const lock = await takeOwnership(dataDir, purpose);
  return { url: databaseUrl, announce: (address) => lock.announce(address), stop: () => lock.release() };
};
