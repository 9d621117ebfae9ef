import type { Assignment, PartitionId } from '../delivery/polled-log.js';
import type { Claim, Share } from './assignment.js';
import type { KafkaClient } from './kafka-client.js';
import { isAboutMembership, membershipLost } from './kafka-errors.js';
import type { Broker, Cluster } from './lower-level.js';
import { metadataOf, protocolName, sharesOf } from './member-wire.js';
import { plannedShares } from './planned-shares.js';

export interface GroupSessionOptions {
  readonly client: Pick<KafkaClient, 'call' | 'callTimeoutMs' | 'interrupt' | 'close'>;
  readonly group: string;
  readonly topics: readonly string[];
  /** After this long without a heartbeat the broker counts the member as dead. */
  readonly sessionTimeoutMs: number;
  /** A number above all that were taken before, by whomever; see `LogTopic`. */
  readonly takeFence: () => Promise<number>;
}

const joinsMax = 50;
/** For each call of a member on its way out: a frozen broker must not hold up a service that was told to stop. */
const leavingMs = 1_500;

const nameOf = ({ topic, partition }: PartitionId): string => `${partition}@${topic}`;

/**
 * One member of a consumer group, as Kafka's coordinator sees it. Members tell each other at every join what they hold,
 * and the leader leaves it with them: nobody stops work because another comes or goes.
 *
 * The fence of a partition is taken when it is gained, and counts only after a heartbeat behind it has shown that the
 * member still was in the group: the next owner can have taken its own only later, so the numbers grow with the owners.
 */
export class GroupSession {
  private memberId = '';
  private generation = -1;
  private mustJoin = true;
  private leaving = false;
  private readonly claims = new Map<string, Claim>();
  private readonly surplus = new Set<string>();
  private readonly handled = new Map<string, PartitionId & { readonly offset: string }>();

  constructor(private readonly options: GroupSessionOptions) {}

  /**
   * Shows a sign of life, joins where it has to, and answers what the member owns. Nothing once, when it was put out of
   * the group: whatever it works on has another owner, and it has to let go before it joins anew.
   */
  async heartbeat(): Promise<readonly Assignment[]> {
    const owned = this.claims.size;
    if (!this.mustJoin) await this.beat();
    if (this.claims.size < owned) return [];
    for (let joins = 0; this.mustJoin && joins < joinsMax; joins += 1) await this.join();
    await this.commit();
    return [...this.claims].map(([name, claim]) => ({ ...claim, surplus: this.surplus.has(name) }));
  }

  /** The offset is told to the broker with the next heartbeat: for its tools, not as the truth. */
  noteHandled(partition: PartitionId, lastOffset: string): void {
    this.handled.set(nameOf(partition), { ...partition, offset: (BigInt(lastOffset) + 1n).toString() });
  }

  async release(partitions: readonly PartitionId[]): Promise<void> {
    await this.commit();
    for (const partition of partitions) {
      this.claims.delete(nameOf(partition));
      this.surplus.delete(nameOf(partition));
    }
    // The others learn of it when the member joins again without them.
    this.mustJoin = true;
  }

  /** Ends a join that waits for others; the member is on its way out. */
  interrupt(): void {
    this.leaving = true;
    this.options.client.interrupt();
  }

  async leave(): Promise<void> {
    this.leaving = true;
    const { memberId } = this;
    if (memberId === '') return;
    await this.commit();
    this.forget();
    await this.ask('to leave', (coordinator, groupId) => coordinator.leaveGroup({ groupId, memberId }));
  }

  close(): void {
    this.options.client.close();
  }

  private async beat(): Promise<void> {
    const { memberId, generation } = this;
    try {
      await this.ask('a heartbeat', (coordinator, groupId) =>
        coordinator.heartbeat({ groupId, memberId, groupGenerationId: generation }),
      );
    } catch (error) {
      this.heed(error);
    }
  }

  private async join(): Promise<void> {
    try {
      const joined = await this.ask(
        'to join',
        (coordinator, groupId) =>
          coordinator.joinGroup({
            groupId,
            memberId: this.memberId,
            sessionTimeout: this.options.sessionTimeoutMs,
            rebalanceTimeout: this.rebalanceTimeoutMs,
            groupProtocols: [
              { name: protocolName, metadata: metadataOf(this.options.topics, [...this.claims.values()]) },
            ],
          }),
        this.rebalanceTimeoutMs + this.options.client.callTimeoutMs,
      );
      const { memberId, generationId } = joined;
      [this.memberId, this.generation] = [memberId, generationId];
      const { memberAssignment } = await this.ask(
        'to learn its share',
        async (coordinator, groupId, cluster) => {
          const leads = joined.leaderId === memberId;
          const groupAssignment = leads ? await plannedShares(cluster, joined.members) : [];
          return coordinator.syncGroup({ groupId, memberId, generationId, groupAssignment });
        },
        this.rebalanceTimeoutMs + this.options.client.callTimeoutMs,
      );
      this.mustJoin = false;
      await this.take(sharesOf(memberAssignment));
    } catch (error) {
      // Also when all went well but for the last answer: what was given and not taken would have no owner.
      this.mustJoin = true;
      this.heed(error);
    }
  }

  private async take(shares: readonly Share[]): Promise<void> {
    const wanted = new Map(shares.map((share) => [nameOf(share), share]));
    for (const name of [...this.claims.keys()]) if (!wanted.has(name)) this.claims.delete(name);
    this.surplus.clear();
    for (const [name, { surplus }] of wanted) if (surplus) this.surplus.add(name);
    const gained = shares.filter((share) => !this.claims.has(nameOf(share)));
    if (gained.length === 0) return;
    const { generation } = this;
    const fence = await this.options.takeFence();
    await this.beat();
    // A rebalance that began meanwhile changes nothing yet: until the member joins it, it is in its generation.
    if (this.generation !== generation) return;
    for (const { topic, partition } of gained) this.claims.set(`${partition}@${topic}`, { topic, partition, fence });
  }

  private async commit(): Promise<void> {
    const done = [...this.handled.values()].filter((one) => this.claims.has(nameOf(one)));
    this.handled.clear();
    if (done.length === 0 || this.memberId === '') return;
    const { memberId, generation } = this;
    const topics = done.map(({ topic, partition, offset }) => ({ topic, partitions: [{ partition, offset }] }));
    await this.ask('to commit offsets', (coordinator, groupId) =>
      coordinator.offsetCommit({ groupId, memberId, groupGenerationId: generation, topics }),
    ).catch((error: unknown) => this.heed(error));
  }

  /** Takes note of what the broker says about the membership, and throws every other error. */
  private heed(error: unknown): void {
    if (!isAboutMembership(error)) throw error;
    if (membershipLost(error)) this.forget();
    this.mustJoin = true;
  }

  private forget(): void {
    this.memberId = '';
    this.generation = -1;
    this.claims.clear();
    this.surplus.clear();
    this.handled.clear();
  }

  private get rebalanceTimeoutMs(): number {
    return Math.max(this.options.sessionTimeoutMs, this.options.client.callTimeoutMs);
  }

  private ask<Answer>(
    what: string,
    question: (coordinator: Broker, groupId: string, cluster: Cluster) => Promise<Answer>,
    limitMs = this.options.client.callTimeoutMs,
  ): Promise<Answer> {
    const { client, group, topics } = this.options;
    return client.call(
      `${what}, in group ${group}`,
      async (cluster) => {
        await cluster.addMultipleTargetTopics(topics);
        return question(await cluster.findGroupCoordinator({ groupId: group }), group, cluster);
      },
      { limitMs: this.leaving ? Math.min(limitMs, leavingMs) : limitMs, rethrow: isAboutMembership },
    );
  }
}
