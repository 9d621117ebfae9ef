import type { Candidate, Claim, Share } from './assignment.js';
import type { GroupMemberMetadata } from './lower-level.js';
import { assignerProtocol } from './lower-level.js';

/** The name under which members agree how partitions are shared; another way of sharing needs another name. */
export const protocolName = 'cairn-cooperative-1';

const { MemberMetadata, MemberAssignment } = assignerProtocol;
const packed = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const unpacked = <Value>(data: Buffer | null, otherwise: Value): Value =>
  data === null || data.length === 0 ? otherwise : (JSON.parse(data.toString('utf8')) as Value);

/** What a member tells the others when it joins: the topics it reads and the partitions it holds. */
export const metadataOf = (topics: readonly string[], claims: readonly Claim[]): Buffer =>
  MemberMetadata.encode({ version: 1, topics, userData: packed(claims) });

export const candidateOf = ({ memberId, memberMetadata }: GroupMemberMetadata): Candidate => {
  const { topics, userData } = MemberMetadata.decode(memberMetadata);
  return { memberId, topics, claims: unpacked<readonly Claim[]>(userData, []) };
};

/** What the leader tells a member. */
export const assignmentOf = (shares: readonly Share[]): Buffer => {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of shares) (assignment[topic] ??= []).push(partition);
  return MemberAssignment.encode({ version: 1, assignment, userData: packed(shares.filter(({ surplus }) => surplus)) });
};

export const sharesOf = (memberAssignment: Buffer): readonly Share[] => {
  const decoded = MemberAssignment.decode(memberAssignment);
  if (decoded === null) return [];
  const surplus = unpacked<readonly Share[]>(decoded.userData, []);
  return Object.entries(decoded.assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({
      topic,
      partition,
      surplus: surplus.some((one) => one.topic === topic && one.partition === partition),
    })),
  );
};
