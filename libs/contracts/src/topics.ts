/** The public topics, one a service, and how many partitions each is made with. Keys are school ids, else stream ids. */
export const topics = {
  directory: { name: 'cairn.directory.v1', partitions: 4 },
  scalingPlan: { name: 'cairn.scaling-plan.v1', partitions: 4 },
} as const;
