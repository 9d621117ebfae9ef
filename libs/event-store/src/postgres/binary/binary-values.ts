import type { Instant } from '../../event.js';

/** Times are microseconds since then. */
export const epochMs = Date.UTC(2000, 0, 1);

/** A time as it was written. */
export const readInstant = (bytes: Buffer): Instant =>
  new Date(Number(bytes.readBigInt64BE() / 1_000n) + epochMs).toISOString();

/** A UUID with its hyphens. */
export const readUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
