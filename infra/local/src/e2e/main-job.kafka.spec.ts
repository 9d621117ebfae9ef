import { randomUUID } from 'node:crypto';

import { testKafka } from '@cairn/engines/testing';

import { mainJob } from './main-job.suite.js';
import { PlatformUnderTest } from './platform-under-test.js';

/** Topics and groups of their own on the broker that runs. */
const kafka = async () => ({ kafka: { brokers: (await testKafka()).brokers, topicPrefix: `main-job-${randomUUID()}.` } });

mainJob('over Kafka, in one process', async () => PlatformUnderTest.start({ engines: await kafka() }));
mainJob('over Kafka, with each service as a process', async () => PlatformUnderTest.start({ engines: await kafka(), processes: true }));
