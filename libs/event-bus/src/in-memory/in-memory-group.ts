import type { Assignment, PartitionId } from '../delivery/polled-log.js';

interface Member {
  readonly topics: ReadonlySet<string>;
  readonly leaseEndsAt: number;
}

interface Ownership extends PartitionId {
  owner: string | undefined;
  fence: number;
}

/** Members, leases and partitions of one consumer group, by the same rules as `bus.heartbeat` in PostgreSQL. */
export class InMemoryGroup {
  private readonly members = new Map<string, Member>();
  private readonly ownerships = new Map<string, Ownership>();

  heartbeat(memberId: string, topics: ReadonlyMap<string, number>, leaseMs: number): Assignment[] {
    const now = performance.now();
    this.members.set(memberId, { topics: new Set(topics.keys()), leaseEndsAt: now + leaseMs });
    for (const [id, member] of this.members) if (member.leaseEndsAt < now) this.leave(id);
    return [...topics].flatMap(([topic, partitions]) => this.share(memberId, topic, partitions));
  }

  release(memberId: string, partitions: readonly PartitionId[]): void {
    for (const { topic, partition } of partitions) {
      const ownership = this.ownership(topic, partition);
      if (ownership.owner === memberId) ownership.owner = undefined;
    }
  }

  leave(memberId: string): void {
    this.members.delete(memberId);
    for (const ownership of this.ownerships.values()) if (ownership.owner === memberId) ownership.owner = undefined;
  }

  private share(memberId: string, topic: string, partitions: number): Assignment[] {
    const all = Array.from({ length: partitions }, (_, partition) => this.ownership(topic, partition));
    const quota = this.quota(memberId, topic, all);
    const owned = all.filter(({ owner }) => owner === memberId);
    for (const ownership of all) {
      if (owned.length >= quota) break;
      if (ownership.owner !== undefined) continue;
      ownership.owner = memberId;
      ownership.fence += 1;
      owned.push(ownership);
    }
    return owned.map(({ partition, fence }, at) => ({ topic, partition, fence, surplus: at >= quota }));
  }

  /** Equal shares; what is left over goes to those who own most, so that as little as possible moves. */
  private quota(memberId: string, topic: string, all: readonly Ownership[]): number {
    const owns = (id: string): number => all.filter(({ owner }) => owner === id).length;
    const sharers = [...this.members].filter(([, member]) => member.topics.has(topic)).map(([id]) => id);
    sharers.sort((left, right) => owns(right) - owns(left) || (left < right ? -1 : 1));
    const share = Math.floor(all.length / sharers.length);
    return share + (sharers.indexOf(memberId) < all.length % sharers.length ? 1 : 0);
  }

  private ownership(topic: string, partition: number): Ownership {
    const name = `${partition}@${topic}`;
    const found = this.ownerships.get(name) ?? { topic, partition, owner: undefined, fence: 0 };
    this.ownerships.set(name, found);
    return found;
  }
}
