import { randomUUID } from 'node:crypto';

import { requireEventStoreUrl } from '@cairn/event-store/testing';

import { mainJob } from './main-job.suite.js';
import { PlatformUnderTest } from './platform-under-test.js';

/** Streams of their own on the server that runs. */
const eventStore = () => ({ eventStore: { url: requireEventStoreUrl(), namespace: `main-job-${randomUUID().slice(0, 8)}-` } });

mainJob('with the record in EventStoreDB, in one process', () => PlatformUnderTest.start({ engines: eventStore() }));
mainJob('with the record in EventStoreDB, with each service as a process', () => PlatformUnderTest.start({ engines: eventStore(), processes: true }));
