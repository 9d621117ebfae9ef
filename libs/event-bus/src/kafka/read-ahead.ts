import type { PartitionId, ReadLimits } from '../delivery/polled-log.js';
import type { FetchedRecord } from './wire/wire-record.js';

interface Ahead {
  readonly records: readonly FetchedRecord[];
  readonly bytes: number;
}

const bytesOf = ({ value }: FetchedRecord): number => Buffer.byteLength(value ?? '');

/**
 * What a fetch brought beyond the batch that asked for it: a broker answers by bytes, a batch is counted in messages.
 * Kept for the next batch up to `bytesMax` in all; the oldest is dropped first, and would be fetched again.
 */
export class ReadAhead {
  private readonly kept = new Map<string, Ahead>();
  private bytes = 0;

  constructor(private readonly bytesMax = 16_000_000) {}

  /** The records from `offset` on that a batch may hold, from what is kept or from `fetch`. */
  async read(
    from: PartitionId,
    offset: bigint,
    limits: ReadLimits,
    fetch: () => Promise<readonly FetchedRecord[]>,
  ): Promise<readonly FetchedRecord[]> {
    const records = this.take(nameOf(from, offset)) ?? (await fetch());
    let bytes = 0;
    let count = 0;
    for (const record of records) {
      if (count >= limits.messagesMax || bytes >= limits.bytesMax) break;
      bytes += bytesOf(record);
      count += 1;
    }
    const batch = records.slice(0, count);
    const last = batch.at(-1);
    if (last !== undefined && count < records.length) {
      this.keep(nameOf(from, BigInt(last.offset) + 1n), records.slice(count));
    }
    return batch;
  }

  /** What is kept may be of a log that is gone. */
  forget(): void {
    this.kept.clear();
    this.bytes = 0;
  }

  private take(name: string): readonly FetchedRecord[] | undefined {
    const found = this.kept.get(name);
    if (found === undefined) return undefined;
    this.kept.delete(name);
    this.bytes -= found.bytes;
    return found.records;
  }

  private keep(name: string, records: readonly FetchedRecord[]): void {
    this.take(name);
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
    this.kept.set(name, { records, bytes });
    this.bytes += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.bytesMax) return;
      this.take(oldest);
    }
  }
}

const nameOf = ({ topic, partition }: PartitionId, offset: bigint): string => `${offset}@${partition}@${topic}`;
