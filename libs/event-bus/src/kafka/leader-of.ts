import type { Cluster } from './lower-level.js';

/** The broker that leads a partition, as far as the cluster's metadata tell. */
export const leaderOf = (cluster: Cluster, topic: string, partition: number): number => {
  const found = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  if (found === undefined || found.leader < 0) throw new Error(`${topic}/${partition} has no leader now`);
  return found.leader;
};
