import type { PostgresExitedError } from './errors.js';

export interface EmbeddedPostgresOptions {
  /** Made when it does not exist. Holds the cluster `pg18`, `postgres.json` (password, port), `postgres.log` and `owner/`. */
  readonly dataDir: string;
  /** What the process is, as another one is told that comes second, such as `cairn start`. */
  readonly purpose?: string;
  /** Words for a person who waits. */
  readonly onProgress?: (message: string) => void;
  /** Default: the port of the last run when it is free, else any free one; never 5432 unless it is named here. */
  readonly port?: number;
  /** Server settings (https://www.postgresql.org/docs/18/runtime-config.html) over those of `durableSettings`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** When another process owns the data directory: refuse to start (default), or use its server beside it. */
  readonly whenRunning?: 'refuse' | 'attach';
  /** For a copy of the programs, when the server's user cannot reach those in `node_modules`; default: see `usableNative`. */
  readonly cacheDir?: string;
  /** Told once when the server ends although nobody asked it to. */
  readonly onUnexpectedExit?: (error: PostgresExitedError) => void;
  /** Default 60,000, recovery included. */
  readonly startTimeout_ms?: number;
  /** For a stop with care; default 20,000. After it the server is told to end at once. */
  readonly stopTimeout_ms?: number;
}

export interface EmbeddedPostgres {
  /** Of the superuser on the database `cairn`. */
  readonly url: string;
  readonly port: number;
  /** Of the postmaster. */
  readonly pid: number;
  /** `started` by us; `adopted`: found running after its owner was killed, and ours now; `attached`: another's. */
  readonly origin: 'started' | 'adopted' | 'attached';
  urlOf(database: string): string;
  /** Tells who comes second where we answer. No effect when attached. */
  announce(address: string): Promise<void>;
  /** Ends the server, unless it is another's, and gives the data directory free. @throws PostgresStopError */
  stop(): Promise<void>;
}
