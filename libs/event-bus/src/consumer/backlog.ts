import type { PartitionId } from '../delivery/polled-log.js';
import type { EventBus } from '../event-bus.js';
import type { LogCheckpoints } from './log-checkpoints.js';

/** Where a partition ends, or ended: the offset of the next message. */
export interface PartitionEnd extends PartitionId {
  readonly end: bigint;
}

/** What all copies of a consumer together have not taken in yet, watermarks included. */
export class Backlog {
  constructor(
    private readonly bus: EventBus,
    private readonly topics: readonly string[],
    private readonly checkpoints: LogCheckpoints,
  ) {}

  /** How many messages that is, of all topics. */
  async messages(): Promise<number> {
    // Checkpoints first: what arrives between the two looks is a backlog, and no negative one.
    const next = await this.nextOffsets();
    const ends = await this.ends();
    return Number(ends.reduce((left, one) => left + one.end - next(one), 0n));
  }

  /** Where the partitions of all topics end now. */
  async ends(): Promise<readonly PartitionEnd[]> {
    const found: PartitionEnd[] = [];
    for (const topic of this.topics) {
      const ends = await this.bus.ends(topic);
      found.push(...ends.map((end, partition) => ({ topic, partition, end: BigInt(end) })));
    }
    return found;
  }

  /**
   * Whether nothing is left of what stands before these ends. Never so where a checkpoint lies beyond the end that its
   * partition has now: it is one of a log that holds less, of which nothing is known.
   */
  async hasNothingBefore(ends: readonly PartitionEnd[]): Promise<boolean> {
    const next = await this.nextOffsets();
    const endsNow = await this.ends();
    return endsNow.every((one) => next(one) <= one.end) && ends.every((one) => next(one) >= one.end);
  }

  private async nextOffsets(): Promise<(partition: PartitionId) => bigint> {
    const rows = await this.checkpoints.lastOffsets();
    return ({ topic, partition }) => {
      const row = rows.find((one) => one.topic === topic && one.partition === partition);
      return row === undefined ? 0n : BigInt(row.last_offset) + 1n;
    };
  }
}
