export { writeAtomically } from './atomic-file.js';
export { durableSettings, startEmbeddedPostgres } from './embedded-postgres.js';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './contract.js';
export {
  AlreadyRunningError,
  DataDirectoryError,
  PostgresBinariesError,
  PostgresExitedError,
  PostgresStartError,
  PostgresStopError,
} from './errors.js';
export { freePort, isFree } from './free-port.js';
export { currentOwner, takeOwnership } from './owner-lock.js';
export type { OwnerLock } from './owner-lock.js';
export { processWith, stillRuns } from './process-identity.js';
export type { ProcessIdentity } from './process-identity.js';
