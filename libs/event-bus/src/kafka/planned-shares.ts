import { shareOut } from './assignment.js';
import type { Cluster, GroupMemberMetadata } from './lower-level.js';
import { assignmentOf, candidateOf } from './member-wire.js';

/** What the leader of a group tells each member, by what all of them have said at the join. */
export const plannedShares = async (
  cluster: Cluster,
  members: readonly GroupMemberMetadata[],
): Promise<{ memberId: string; memberAssignment: Buffer }[]> => {
  const candidates = members.map(candidateOf);
  const topics = [...new Set(candidates.flatMap((candidate) => candidate.topics))];
  await cluster.addMultipleTargetTopics(topics);
  const sizes = new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
  return [...shareOut(candidates, sizes)].map(([memberId, shares]) => ({
    memberId,
    memberAssignment: assignmentOf(shares),
  }));
};
