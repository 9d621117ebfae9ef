import type { AppendedEntries } from './entries.js';
import type { GroupMember } from './group-member.js';

/** The members of this process, by the log that they read, whichever bus they joined by. */
const members = new Map<string, Set<GroupMember>>();

/** From now on the member is told what is published in this process. */
export const hear = (logId: string, member: GroupMember): void => {
  const all = members.get(logId) ?? new Set();
  members.set(logId, all.add(member));
};

export const hearNoMore = (logId: string, member: GroupMember): void => {
  const all = members.get(logId);
  all?.delete(member);
  if (all?.size === 0) members.delete(logId);
};

/**
 * Tells the members of this process what was appended. It saves them the wait until their next poll, and the questions
 * where the partition ends and what stands there; what other processes publish they find by polling, which is the truth.
 */
export const tellMembers = (logId: string, appended: AppendedEntries): void => {
  for (const member of members.get(logId) ?? []) if (member.topics.includes(appended.topic)) member.appended(appended);
};
