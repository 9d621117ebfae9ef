import type { Consumption, EventBus, IncomingBatch } from '@cairn/event-bus';

import type { Acknowledged } from '../ledger/append-ledger.js';
import { topic } from '../system/settings.js';
import { until } from '../until.js';
import type { Heard } from './read-model.js';

/** Reads all that is on the bus, as one more group, and keeps book of it in the memory of the driver. */
export class Auditor {
  /** How often each event was published. */
  readonly copies = new Map<string, number>();
  readonly mismatches: string[] = [];
  private readonly next = new Map<string, bigint>();
  private readonly versions = new Map<string, number>();
  private readonly versionOf = new Map<string, number>();
  private consumption: Consumption | undefined;

  constructor(private readonly bus: EventBus) {}

  async join(group = 'auditor'): Promise<void> {
    this.consumption = await until('the auditor has joined', () =>
      this.bus.consume({
        group,
        topics: [topic],
        checkpoint: async (name, partition) => {
          const next = this.next.get(`${name}/${partition}`);
          return next === undefined ? undefined : String(next - 1n);
        },
        handle: async (batch) => this.hear(batch),
      }),
    );
  }

  /** Events that were published more than once, counting each further copy. */
  get duplicates(): number {
    return [...this.copies.values()].reduce((sum, count) => sum + count - 1, 0);
  }

  /** What is wrong with the bus: every acknowledged event is on it at least once, in order, and nothing else is. */
  async mismatchesOf(events: readonly Acknowledged[], timeout_ms: number): Promise<string[]> {
    await until('the auditor has heard all', () => this.copies.size >= events.length, timeout_ms).catch(() => undefined);
    const ids = new Set(events.map(({ id }) => id));
    const strangers = [...this.copies.keys()].filter((id) => !ids.has(id));
    const found = [...this.mismatches, ...strangers.map((id) => `bus: ${id} was published and never acknowledged`)];
    if (this.copies.size !== events.length) found.push(`bus: it has ${this.copies.size} of ${events.length} events`);
    return found.slice(0, 20);
  }

  partitionOf(key: string): Promise<number> {
    return this.bus.partitionOf(topic, key);
  }

  async leave(): Promise<void> {
    await this.consumption?.stop();
    await this.bus.close();
  }

  private hear({ topic: name, partition, messages }: IncomingBatch): void {
    for (const message of messages) {
      const place = `${name}/${partition}`;
      // A batch whose answer was lost comes again; another copy of a message has an offset of its own.
      if (BigInt(message.offset) < (this.next.get(place) ?? 0n)) continue;
      this.next.set(place, BigInt(message.offset) + 1n);
      if (message.kind === 'event') this.count(JSON.parse(message.value) as Heard);
    }
  }

  private count({ id, stream, version }: Heard): void {
    const copies = this.copies.get(id) ?? 0;
    this.copies.set(id, copies + 1);
    if (copies > 0) {
      if (this.versionOf.get(id) !== version) this.mismatches.push(`bus: ${id} came as version ${version} of ${stream} too`);
      return;
    }
    this.versionOf.set(id, version);
    const expected = (this.versions.get(stream) ?? 0) + 1;
    if (version !== expected) this.mismatches.push(`bus: version ${version} of ${stream} came where ${expected} follows`);
    this.versions.set(stream, Math.max(version, expected));
  }
}
