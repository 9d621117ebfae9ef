import type { StoreVerification, VerificationProgress } from './chain-audit.js';
import { ChainAudit } from './chain-audit.js';
import { DamagedEventError } from './errors.js';
import type { Position, RecordedEvent } from './event.js';
import type { EventStore } from './event-store.js';

export interface VerifyOptions {
  readonly onProgress?: (progress: VerificationProgress) => void;
}

const pageEvents = 1_000;

/**
 * Walks every hash chain of a store through the port, on any engine: hashes, versions without gaps, `recordedAt` that
 * does not go back, positions that rise up to the head. An event that cannot be read is reported as a break.
 */
export const verifyStore = async (
  store: EventStore,
  { onProgress }: VerifyOptions = {},
): Promise<StoreVerification> => {
  const audit = new ChainAudit();
  const head = await store.head();
  let after: Position | undefined;
  let last: Position | undefined;
  /** Somewhere before this stands damage; up to there one event is read at a time, so that its neighbours are seen. */
  let singlyUpTo: Position | undefined;
  for (;;) {
    const singly = singlyUpTo !== undefined && (after === undefined || store.compare(after, singlyUpTo) < 0);
    const page = await pageOrDamage(store, after, singly ? 1 : pageEvents);
    if (!(page instanceof DamagedEventError)) {
      if (page.events.length === 0) break;
      last = checkOrder(store, audit, last, page.events);
      page.events.forEach((event) => audit.event(event));
      after = page.readUpTo;
    } else if (singly) {
      audit.damaged(page);
      last = after = page.position;
    } else {
      singlyUpTo = page.position;
    }
    onProgress?.({ events: audit.events });
  }
  if (last !== undefined && store.compare(head, last) > 0) {
    const detail = `the head is ${head}, but the last event is at ${last}`;
    audit.report({ kind: 'store-head', position: head, detail });
  }
  return audit.result();
};

const pageOrDamage = async (store: EventStore, after: Position | undefined, limit: number) => {
  try {
    return await store.readAll({ after, limit });
  } catch (error) {
    if (error instanceof DamagedEventError) return error;
    throw error;
  }
};

const checkOrder = (
  store: EventStore,
  audit: ChainAudit,
  last: Position | undefined,
  events: readonly RecordedEvent[],
): Position | undefined => {
  for (const { stream, version, position } of events) {
    if (last !== undefined && store.compare(last, position) >= 0) {
      audit.report({ kind: 'position', stream, version, position, detail: `position ${position} came after ${last}` });
    } else {
      last = position;
    }
  }
  return last;
};
