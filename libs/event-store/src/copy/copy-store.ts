import type { Position, RecordedEvent } from '../event.js';
import type { EventStore } from '../event-store.js';
import { compareRecords } from './compare-records.js';
import { runsOf } from './runs.js';

/** A record that takes events as they are, with the times and hashes that they have. */
export interface CopyTarget {
  readonly store: EventStore;
  /**
   * Appends events that follow on there, all or none, as `cut` cut them.
   * @throws CopyRefusedError when a stream is in another state, EventStoreUnavailableError
   */
  take(run: readonly RecordedEvent[]): Promise<void>;
  /** How much it takes at once; default: runs of one stream, of less than 1 MB. */
  cut?(events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[];
}

export interface CopyProgress {
  readonly phase: 'comparing' | 'copying' | 'verifying';
  /** Events that are in the target, or of which it is known in this phase. */
  readonly events: number;
}

export interface CopyStoreOptions {
  readonly from: EventStore;
  readonly to: CopyTarget;
  /** Called after each event that was compared, and after each run that was copied. */
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Ends the copy between two runs; the next copy goes on there. */
  readonly signal?: AbortSignal;
}

export interface CopyResult {
  readonly events: number;
  readonly streams: number;
  /** Of the events those that an earlier copy had brought already. */
  readonly found: number;
  /** The last event, by its position in the source; undefined: there is none. */
  readonly upTo: Position | undefined;
}

/** The copy cannot be: the target holds something else, the source is damaged, or somebody writes meanwhile. */
export class CopyRefusedError extends Error {
  override readonly name = 'CopyRefusedError';
}

const pageEvents = 500;

/**
 * Copies a record to another engine: every event in the one order of the source, with ids, versions, times and hashes
 * as they are. Nobody may write to either meanwhile. A copy that was ended goes on where it stood, which it finds out by
 * comparing what is there; at the end both records are read side by side once more.
 * @throws CopyRefusedError, EventStoreUnavailableError: try again, nothing is lost, or the reason of the signal.
 */
export const copyStore = async ({ from, to, onProgress, signal }: CopyStoreOptions): Promise<CopyResult> => {
  if (from.scope !== to.store.scope) {
    throw new CopyRefusedError(`The source is of scope ${from.scope}, the target of scope ${to.store.scope}`);
  }
  const before = await compareRecords(from, to.store, (events) => {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'comparing', events });
  });
  if (before.difference !== undefined) throw new CopyRefusedError(`The target holds another record: ${before.difference}`);
  if (!before.targetEnded) throw new CopyRefusedError(`The target goes on behind the ${before.same} events of the source`);

  let events = before.same;
  for (let after: Position | undefined = before.sourceAfter; ; ) {
    const page = await from.readAll({ after, limit: pageEvents });
    if (page.events.length === 0) break;
    for (const run of (to.cut ?? runsOf)(page.events)) {
      signal?.throwIfAborted();
      await to.take(run);
      events += run.length;
      onProgress?.({ phase: 'copying', events });
    }
    after = page.readUpTo;
  }

  const result = await compareRecords(from, to.store, (verified) => {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'verifying', events: verified });
  });
  if (result.difference !== undefined) throw new CopyRefusedError(`The copy is not the source: ${result.difference}`);
  if (!result.sourceEnded || !result.targetEnded) {
    throw new CopyRefusedError(`Somebody wrote during the copy, behind event ${result.same}; stop all services and repeat`);
  }
  return { events: result.same, streams: result.streams, found: before.same, upTo: result.sourceAfter };
};
