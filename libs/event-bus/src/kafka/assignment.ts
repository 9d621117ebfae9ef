import type { PartitionId } from '../delivery/polled-log.js';

/** A partition that a member owns, under the fence it took it with. */
export interface Claim extends PartitionId {
  readonly fence: number;
}

export interface Candidate {
  readonly memberId: string;
  readonly topics: readonly string[];
  readonly claims: readonly Claim[];
}

/** `surplus`: kept until its handler is done, then to be given back for another who lacks it. */
export interface Share extends PartitionId {
  readonly surplus: boolean;
}

/**
 * Who gets which partitions, by the rule of the other engines: equal shares per topic, and what is left over goes to
 * those who own most, so that as little as possible moves. Nothing is taken from its owner: what one has beyond its
 * share it keeps as surplus until it gives it back. Where two claim a partition the higher fence is the later owner's.
 */
export const shareOut = (
  candidates: readonly Candidate[],
  partitionsOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly Share[]> => {
  const shares = new Map<string, Share[]>(candidates.map(({ memberId }) => [memberId, []]));
  for (const [topic, partitions] of [...partitionsOf].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const sharers = candidates.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId);
    if (sharers.length === 0) continue;
    const owners = ownersOf(topic, candidates, new Set(sharers));
    const owned = new Map(sharers.map((id) => [id, partitionsOwned(owners, id, partitions)]));
    const ownedCount = (id: string): number => owned.get(id)?.length ?? 0;
    const total = (id: string): number => shares.get(id)?.length ?? 0;
    sharers.sort((a, b) => ownedCount(b) - ownedCount(a) || total(a) - total(b) || (a < b ? -1 : 1));
    const free = Array.from({ length: partitions }, (_, at) => at).filter((partition) => !owners.has(partition));
    for (const [rank, id] of sharers.entries()) {
      const quota = Math.floor(partitions / sharers.length) + (rank < partitions % sharers.length ? 1 : 0);
      const own = owned.get(id) ?? [];
      const gained = free.splice(0, Math.max(0, quota - own.length));
      const all = [...own, ...gained].map((partition, at) => ({ topic, partition, surplus: at >= quota }));
      shares.get(id)?.push(...all);
    }
  }
  return shares;
};

const ownersOf = (
  topic: string,
  candidates: readonly Candidate[],
  sharers: ReadonlySet<string>,
): ReadonlyMap<number, string> => {
  const owners = new Map<number, { memberId: string; fence: number }>();
  for (const { memberId, claims } of candidates) {
    if (!sharers.has(memberId)) continue;
    for (const claim of claims) {
      if (claim.topic !== topic || claim.fence <= (owners.get(claim.partition)?.fence ?? -1)) continue;
      owners.set(claim.partition, { memberId, fence: claim.fence });
    }
  }
  return new Map([...owners].map(([partition, { memberId }]) => [partition, memberId]));
};

const partitionsOwned = (owners: ReadonlyMap<number, string>, id: string, partitions: number): number[] =>
  [...owners]
    .filter(([partition, owner]) => owner === id && partition < partitions)
    .map(([partition]) => partition)
    .sort((left, right) => left - right);
