import { describe, expect, test } from '@jest/globals';
import { EventBusUnavailableError } from '../event-bus.js';
import { GroupSession } from './group-session.js';
import type { Broker, Cluster, GroupMemberMetadata } from './lower-level.js';

const protocolError = (type: string): Error => Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type });
const notAsked = (): never => {
  throw new Error('The test does not expect this call');
};

/** A double of the coordinator for one member, which is always the leader. */
class Coordinator implements Pick<Broker, 'joinGroup' | 'syncGroup' | 'heartbeat' | 'leaveGroup' | 'offsetCommit'> {
  generation = 0;
  fence = 0;
  /** Thrown by the next heartbeats, one after the other; undefined: it succeeds. */
  readonly heartbeats: (Error | undefined)[] = [];
  readonly fences: (Error | undefined)[] = [];
  readonly committed: string[] = [];
  members = 0;

  async joinGroup({ memberId, groupProtocols }: Parameters<Broker['joinGroup']>[0]) {
    this.generation += 1;
    const id = memberId === '' ? `member-${(this.members += 1)}` : memberId;
    const memberMetadata = groupProtocols[0]?.metadata ?? Buffer.alloc(0);
    const members: GroupMemberMetadata[] = [{ memberId: id, memberMetadata }];
    return { generationId: this.generation, leaderId: id, memberId: id, members };
  }

  async syncGroup({ groupAssignment }: Parameters<Broker['syncGroup']>[0]) {
    return { memberAssignment: groupAssignment[0]?.memberAssignment ?? Buffer.alloc(0) };
  }

  async heartbeat(): Promise<void> {
    const failure = this.heartbeats.shift();
    if (failure !== undefined) throw failure;
  }

  async leaveGroup(): Promise<void> {}

  async offsetCommit({ topics }: Parameters<Broker['offsetCommit']>[0]): Promise<void> {
    for (const { topic, partitions } of topics) {
      this.committed.push(...partitions.map(({ partition, offset }) => `${topic}/${partition}:${offset}`));
    }
  }

  session(partitions: number): GroupSession {
    const broker = { ...unused, ...bound(this) };
    const cluster: Cluster = {
      connect: async () => undefined,
      addMultipleTargetTopics: async () => undefined,
      findTopicPartitionMetadata: () => Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 1 })),
      findBroker: async () => broker,
      findControllerBroker: async () => broker,
      findGroupCoordinator: async () => broker,
      brokerPool: { metadata: null, findConnectedBroker: async () => broker },
    };
    return new GroupSession({
      client: {
        callTimeoutMs: 1_000,
        call: (_, work) => work(cluster),
        interrupt: () => undefined,
        close: () => undefined,
      },
      group: 'g',
      topics: ['t'],
      sessionTimeoutMs: 1_000,
      takeFence: async () => {
        const failure = this.fences.shift();
        if (failure !== undefined) throw failure;
        return (this.fence += 1);
      },
    });
  }
}

const unused: Broker = {
  metadata: notAsked,
  createTopics: notAsked,
  lookupRequest: notAsked,
  connectionPool: { send: notAsked },
  initProducerId: notAsked,
  listOffsets: notAsked,
  joinGroup: notAsked,
  syncGroup: notAsked,
  heartbeat: notAsked,
  leaveGroup: notAsked,
  offsetCommit: notAsked,
};
const bound = (coordinator: Coordinator): Partial<Broker> => ({
  joinGroup: (of) => coordinator.joinGroup(of),
  syncGroup: (of) => coordinator.syncGroup(of),
  heartbeat: () => coordinator.heartbeat(),
  leaveGroup: () => coordinator.leaveGroup(),
  offsetCommit: (of) => coordinator.offsetCommit(of),
});

const shown = (owned: Awaited<ReturnType<GroupSession['heartbeat']>>): string =>
  owned.map(({ partition, fence, surplus }) => `${partition}:${fence}${surplus ? '!' : ''}`).join(' ');
const away = new EventBusUnavailableError('Kafka is away');

describe('a member of a group', () => {
  test('keeps its fences while it keeps its partitions', async () => {
    const coordinator = new Coordinator();
    const session = coordinator.session(2);
    expect(shown(await session.heartbeat())).toBe('0:1 1:1');
    coordinator.heartbeats.push(protocolError('REBALANCE_IN_PROGRESS'));
    expect(shown(await session.heartbeat())).toBe('0:1 1:1');
    expect(coordinator.generation).toBe(2);
  });

  test.each(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])('lets go first when it was put out (%s)', async (type) => {
    const coordinator = new Coordinator();
    const session = coordinator.session(2);
    await session.heartbeat();
    coordinator.heartbeats.push(protocolError(type));
    expect(await session.heartbeat()).toEqual([]);
    expect(shown(await session.heartbeat())).toBe('0:2 1:2');
    expect(coordinator.members).toBe(2);
  });

  test('asks again for a share whose fence was not to be had', async () => {
    const coordinator = new Coordinator();
    const session = coordinator.session(1);
    coordinator.fences.push(away);
    await expect(session.heartbeat()).rejects.toThrow(away);
    expect(shown(await session.heartbeat())).toBe('0:1');
  });

  test('asks again for a share when nothing has shown that it still was a member behind the fence', async () => {
    const coordinator = new Coordinator();
    const session = coordinator.session(1);
    coordinator.heartbeats.push(away);
    await expect(session.heartbeat()).rejects.toThrow(away);
    expect(shown(await session.heartbeat())).toBe('0:2');
  });

  test('never uses a fence that it took when it was no member any more', async () => {
    const coordinator = new Coordinator();
    const session = coordinator.session(1);
    coordinator.heartbeats.push(protocolError('UNKNOWN_MEMBER_ID'));
    expect(shown(await session.heartbeat())).toBe('0:2');
  });

  test('takes what it was given also when the next rebalance has begun by then', async () => {
    const coordinator = new Coordinator();
    const session = coordinator.session(1);
    coordinator.heartbeats.push(protocolError('REBALANCE_IN_PROGRESS'));
    expect(shown(await session.heartbeat())).toBe('0:1');
    expect(coordinator.generation).toBe(2);
  });

  test('gets what it has given back under a new fence, and commits only for what it owns', async () => {
    const coordinator = new Coordinator();
    const session = coordinator.session(2);
    await session.heartbeat();
    session.noteHandled({ topic: 't', partition: 1 }, '41');
    await session.release([{ topic: 't', partition: 1 }]);
    session.noteHandled({ topic: 't', partition: 7 }, '3');
    expect(shown(await session.heartbeat())).toBe('0:1 1:2');
    expect(coordinator.committed).toEqual(['t/1:42']);
  });
});
