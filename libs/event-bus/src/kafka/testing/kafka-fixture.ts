import { randomUUID } from 'node:crypto';
import { testKafka } from '@cairn/engines/testing';
import { afterEach, beforeEach } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { Ledger } from '../../testing/ledger.js';
import type { KafkaEventBus } from '../kafka-event-bus.js';
import { openKafkaEventBus } from '../kafka-event-bus.js';

/** Buses on the broker that the tests share, with names of their own, and the tools of an operator beside them. */
export class KafkaFixture {
  static readonly sessionTimeoutMs = 1_000;
  readonly topicPrefix = `test.${randomUUID()}.`;
  readonly admin: ReturnType<Kafka['admin']>;
  private readonly buses: KafkaEventBus[] = [];

  constructor(private readonly brokers: readonly string[]) {
    this.admin = new Kafka({ brokers: [...brokers], clientId: 'tools', logLevel: logLevel.NOTHING }).admin();
  }

  open(sessionTimeoutMs = KafkaFixture.sessionTimeoutMs): KafkaEventBus {
    const { brokers, topicPrefix } = this;
    const bus = openKafkaEventBus({ brokers, clientId: 'test', topicPrefix, sessionTimeoutMs, heartbeatMs: 80 });
    this.buses.push(bus);
    return bus;
  }

  /** A bus, and the topic `topic`. */
  async made(partitions: number): Promise<KafkaEventBus> {
    const bus = this.open();
    await bus.ensureTopic('topic', { partitions });
    return bus;
  }

  /** Joins the group `g`. */
  join(bus: KafkaEventBus, { checkpoint, handle: keep }: Ledger, handle = keep) {
    return bus.consume({ group: 'g', topics: ['topic'], checkpoint, handle });
  }

  /** What the broker knows of the group `g`, by partition. */
  async committed(): Promise<string[]> {
    const { topicPrefix } = this;
    const [found] = await this.admin.fetchOffsets({ groupId: `${topicPrefix}g`, topics: [`${topicPrefix}topic`] });
    return found?.partitions.map(({ offset }) => offset) ?? [];
  }

  async dispose(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.close()));
    await this.admin.disconnect();
  }
}

/** A fresh fixture for each test of the file. */
export const kafkaFixture = (): (() => KafkaFixture) => {
  let fixture: KafkaFixture | undefined;
  const current = (): KafkaFixture => {
    if (fixture === undefined) throw new Error('There is a fixture within a test only');
    return fixture;
  };
  beforeEach(async () => {
    fixture = new KafkaFixture((await testKafka()).brokers);
    await fixture.admin.connect();
  });
  afterEach(() => current().dispose());
  return current;
};
