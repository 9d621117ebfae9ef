import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Assignment, FirstOffsets, LogEntry, MemberOfGroup, PartitionId, ReadLimits } from '../delivery/polled-log.js';
import { PolledLog } from '../delivery/polled-log.js';
import type { Incoming } from '../event-bus.js';
import { InvalidMessageError } from '../event-bus.js';
import { InMemoryGroup } from './in-memory-group.js';

/** Topics and groups in the memory of one process. Several buses may share one, as processes share a server. */
export class InMemoryBroker extends PolledLog {
  private readonly name = randomUUID();
  private readonly topics = new Map<string, Incoming[][]>();
  private readonly groups = new Map<string, InMemoryGroup>();

  async id(): Promise<string> {
    return this.name;
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    if (!this.topics.has(topic)) this.topics.set(topic, Array.from({ length: partitions }, () => []));
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    return this.topics.get(topic)?.length;
  }

  async append(topic: string, entries: readonly LogEntry[]): Promise<FirstOffsets> {
    const firsts = new Map<number, bigint>();
    for (const entry of entries) {
      const log = this.log({ topic, partition: entry.partition });
      if (!firsts.has(entry.partition)) firsts.set(entry.partition, BigInt(log.length));
      log.push({ ...entry, topic, offset: String(log.length) });
    }
    // As long as an answer from a server takes: a publisher and readers that wait for promises alone leave no turn to
    // timers, so that no heartbeat comes through and every other member counts as dead.
    await setImmediate();
    return firsts;
  }

  async ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    return partitions.map((partition) => BigInt(this.log(partition).length));
  }

  async read(from: PartitionId, offset: bigint, limits: ReadLimits): Promise<readonly Incoming[]> {
    const page: Incoming[] = [];
    let bytes = 0;
    for (const message of this.log(from).slice(Number(offset), Number(offset) + limits.messagesMax)) {
      if (bytes >= limits.bytesMax) break;
      page.push(message);
      bytes += message.kind === 'event' ? Buffer.byteLength(message.value) : 0;
    }
    return page;
  }

  async heartbeat(member: MemberOfGroup, topics: readonly string[], leaseMs: number): Promise<readonly Assignment[]> {
    const sizes = new Map(topics.map((topic) => [topic, this.topics.get(topic)?.length ?? 0]));
    return this.group(member).heartbeat(member.memberId, sizes, leaseMs);
  }

  async release(member: MemberOfGroup, partitions: readonly PartitionId[]): Promise<void> {
    this.group(member).release(member.memberId, partitions);
  }

  async leave(member: MemberOfGroup): Promise<void> {
    this.group(member).leave(member.memberId);
  }

  /** What it holds outlives the bus that closes, as a server would. */
  async close(): Promise<void> {}

  private group({ group }: MemberOfGroup): InMemoryGroup {
    const found = this.groups.get(group) ?? new InMemoryGroup();
    this.groups.set(group, found);
    return found;
  }

  private log({ topic, partition }: PartitionId): Incoming[] {
    const log = this.topics.get(topic)?.[partition];
    if (log === undefined) throw new InvalidMessageError(`Topic ${topic} was not made`);
    return log;
  }
}
