import type { Replayed } from '@cairn/event-bus';

import type { Command } from '../ledger/append-ledger.js';

/** Derive the read model of the projection anew beside the one that serves, or serve the one before again. */
export type BuildOrder = 'rebuild' | 'go-back';

/** What the driver says to a copy. */
export type ToCopy =
  | { readonly call: number; readonly append: Command; readonly expected: number }
  | { readonly call: number; readonly ask: 'status' }
  | { readonly call: number; readonly replay: string }
  | { readonly call: number; readonly build: BuildOrder };

export interface CopyStatus {
  /** Bytes after a collection of garbage, buffers beside the heap included. */
  readonly heap: number;
  readonly rss: number;
  readonly joined?: boolean;
  readonly lag?: number;
  readonly caughtUp?: boolean;
  /** Of the read model that is served. */
  readonly generation?: number;
  readonly building?: boolean;
}

/** What a copy says to its driver. */
export type FromCopy =
  | { readonly started: true }
  | { readonly call: number; readonly appended: { readonly version: number; readonly position: string } }
  | { readonly call: number; readonly status: CopyStatus }
  | { readonly call: number; readonly replayed: Replayed }
  | { readonly call: number; readonly ordered: BuildOrder }
  | { readonly call: number; readonly failed: { readonly name: string; readonly message: string; readonly actual?: number } }
  | { readonly trouble: string };
