/** Where a copy of the service dies by its own hand, so that the moment is exact and not a matter of luck. */
export type CrashPoint =
  | 'after-append'
  | 'before-publish'
  | 'after-publish'
  | 'before-batch'
  | 'in-apply'
  | 'after-apply'
  | 'after-commit';

export interface CrashAt {
  readonly point: CrashPoint;
  /** At which time the point is reached, from 1. */
  readonly time: number;
  /** SIGSTOP: it stands still there, until it is sent SIGCONT. */
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

export type Role = 'writer' | 'relay' | 'consumer' | 'projection';

export type BusSettings =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly topicPrefix: string };

/** What a copy of the service is started with; JSON on its command line. */
export interface CopySettings {
  readonly roles: readonly Role[];
  /** Of store and read models. */
  readonly url: string;
  readonly bus: BusSettings;
  readonly crashAt?: CrashAt;
  /** How wrong the clock of this copy goes, in milliseconds. */
  readonly skew_ms?: number;
  readonly callTimeout_ms?: number;
  readonly batchMax?: number;
  /** Default `reader`: consumer group, and schema of its tables. */
  readonly group?: string;
  readonly strict?: boolean;
  readonly schemaVersionMax?: number;
  readonly mended?: boolean;
  /** The projection counts heavy stones twice. */
  readonly bug?: boolean;
  /** How long each message takes beyond what it takes. */
  readonly slow_ms?: number;
  /** Every batch is handed to the consumer a second time after the first. */
  readonly twice?: boolean;
  /** Default `relay`: name of the relay's checkpoint. */
  readonly relay?: string;
}

export const scope = 'torture';
export const topic = 'torture';
export const partitions = 4;
export const storeSchema = 'torture_store';
export const relaySchema = 'writer';
export const seenSchema = 'seen';
export const defaultGroup = 'reader';
