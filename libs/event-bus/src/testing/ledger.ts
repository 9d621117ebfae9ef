import type { IncomingBatch, IncomingMessage, IncomingWatermark } from '../event-bus.js';

/**
 * What a group has taken in, as a consumer with a database would keep it: effect and checkpoint change together. It
 * throws at a second owner, at a checkpoint that goes back, and at a gap, so each test that uses it checks for these.
 */
export class Ledger {
  readonly events: IncomingMessage[] = [];
  readonly watermarks: IncomingWatermark[] = [];
  /** What broke a rule; the bus swallows what a handler throws, so a test looks here. */
  readonly violations: string[] = [];
  readonly fences = new Map<string, number>();
  batchMessagesSeen = 0;
  private readonly checkpoints = new Map<string, bigint>();
  private readonly busy = new Set<string>();

  readonly checkpoint = async (topic: string, partition: number): Promise<string | undefined> =>
    this.checkpoints.get(`${topic}/${partition}`)?.toString();

  /** Takes a batch in; `during` runs before it is kept, as the work of a transaction would. */
  async take(batch: IncomingBatch, during: () => Promise<void> = async () => undefined): Promise<void> {
    const place = `${batch.topic}/${batch.partition}`;
    if (this.busy.has(place)) this.violate(`two batches of ${place} at once`);
    this.busy.add(place);
    try {
      await during();
      this.keep(place, batch);
    } finally {
      this.busy.delete(place);
    }
  }

  readonly handle = (batch: IncomingBatch): Promise<void> => this.take(batch);

  ids(): string[] {
    return this.events.map(({ id }) => id);
  }

  idsOf(key: string): string[] {
    return this.events.filter((event) => event.key === key).map(({ id }) => id);
  }

  private keep(place: string, batch: IncomingBatch): void {
    if (batch.fence < (this.fences.get(place) ?? 0)) {
      throw new Error(`An owner of ${place} that was replaced came with fence ${batch.fence}`);
    }
    let at = this.checkpoints.get(place) ?? -1n;
    for (const { offset } of batch.messages) {
      if (BigInt(offset) !== at + 1n) this.violate(`${place}: offset ${offset} came after ${at}`);
      at = BigInt(offset);
    }
    if (batch.lastOffset !== at.toString()) this.violate(`${place}: lastOffset ${batch.lastOffset} is not ${at}`);
    this.batchMessagesSeen = Math.max(this.batchMessagesSeen, batch.messages.length);
    this.fences.set(place, batch.fence);
    this.checkpoints.set(place, at);
    for (const message of batch.messages) {
      if (message.kind === 'event') this.events.push(message);
      else this.watermarks.push(message);
    }
  }

  private violate(what: string): never {
    this.violations.push(what);
    throw new Error(what);
  }
}
