import { randomUUID } from 'node:crypto';

import { testKafka } from '@cairn/engines/testing';

import type { BusUnderTest } from './row.js';

/** The broker that tests share, with topics and groups of the row's own. */
export const kafkaBus: BusUnderTest = {
  name: 'Kafka',
  settings: async () => {
    const { brokers } = await testKafka();
    return { kind: 'kafka', brokers, topicPrefix: `torture-${randomUUID().slice(0, 8)}-` };
  },
};
