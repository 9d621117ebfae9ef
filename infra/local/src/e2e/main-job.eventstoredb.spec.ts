import { randomUUID } from 'node:crypto';

import { mainJob } from './main-job.suite.js';
import { PlatformUnderTest } from './platform-under-test.js';

/** Streams of their own on the server that runs. */
const eventStore = () => {
  const url = process.env['EVENT_STORE_URL'];
  if (url === undefined) throw new Error('Set EVENT_STORE_URL to a live EventStoreDB (esdb://localhost:2113?tls=false); these tests are not passed over.');
  return { eventStore: { url, namespace: `main-job-${randomUUID().slice(0, 8)}-` } };
};

mainJob('with the record in EventStoreDB, in one process', () => PlatformUnderTest.start({ engines: eventStore() }));
mainJob('with the record in EventStoreDB, with each service as a process', () => PlatformUnderTest.start({ engines: eventStore(), processes: true }));
