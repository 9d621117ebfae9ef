import type { DamagedEventError } from './errors.js';
import type { RecordedEvent, StreamId } from './event.js';
import type { ChainBreak, ChainHead } from './hash-chain.js';
import { brokenLink, chainStart } from './hash-chain.js';

export interface StoreVerification {
  readonly events: number;
  readonly streams: number;
  /** In the order in which they were found, the first 1,000 of them. */
  readonly breaks: readonly ChainBreak[];
  readonly breakCount: number;
}

export interface VerificationProgress {
  readonly events: number;
  /** How many there are, where the engine knows. */
  readonly ofEvents?: number;
}

const breaksKeptMax = 1_000;

/**
 * Follows the chains of all streams at once, in the one order of the store. Goes on behind a break with the hash that
 * is stored, so that each damage is named once. Holds one head for each stream in memory.
 */
export class ChainAudit {
  events = 0;
  private readonly breaks: ChainBreak[] = [];
  private breakCount = 0;
  private readonly heads = new Map<StreamId, ChainHead>();

  head(stream: StreamId): ChainHead {
    return this.heads.get(stream) ?? chainStart;
  }

  streams(): Iterable<readonly [StreamId, ChainHead]> {
    return this.heads;
  }

  event(event: RecordedEvent, dataText?: string): void {
    this.events += 1;
    const found = brokenLink(this.head(event.stream), event, dataText);
    if (found) this.report(found);
    const { version, hash, recordedAt } = event;
    this.heads.set(event.stream, { version, hash, recordedAt });
  }

  damaged({ stream, version, position, hash, damage }: DamagedEventError): void {
    this.events += 1;
    this.report({ kind: 'unreadable', stream, version, position, detail: damage });
    this.heads.set(stream, { version, hash, recordedAt: this.head(stream).recordedAt });
  }

  report(found: ChainBreak): void {
    this.breakCount += 1;
    if (this.breaks.length < breaksKeptMax) this.breaks.push(found);
  }

  result(): StoreVerification {
    const { events, breaks, breakCount } = this;
    return { events, streams: this.heads.size, breaks, breakCount };
  }
}
